import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { LEASH } from '../support/custody.js';

const url = (file: string) => JSON.stringify(pathToFileURL(resolve('dist/policies/evaluation', file)).href);

/** Runs the body of a program over the built comparison in a Node process of its own; answers what it returns, as JSON. */
async function play(body: string): Promise<unknown> {
  const program = `
    const { compareInThread } = await import(${url('compare-in-thread.js')});
    const { sharedInCsv } = await import(${url('shared-rows.js')});
    const csv = (from, to) => Buffer.from('id,ph\\n' + Array.from({ length: to - from }, (_, n) => (from + n) + ',7.0').join('\\n'));
    console.log(JSON.stringify(await (async () => { ${body} })()));`;
  const args = [...LEASH, '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
  return JSON.parse(stdout);
}

describe('comparing data sets row by row in a thread', () => {
  it('finds what it finds inline, and leaves the main thread free', async () => {
    const answer = await play(`
      const tables = { training: csv(0, 50000), testing: csv(40000, 60000), by: [] };
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      const found = await compareInThread(tables);
      clearInterval(timer);
      return { found, inline: sharedInCsv(tables), alone: await compareInThread({ training: csv(0, 3), by: ['ph'] }), free: ticks > 1 };`);
    const found = { shared: 10_000, columns: ['id', 'ph'] };
    expect(answer).toEqual({ found, inline: found, alone: { shared: 2, columns: ['ph'] }, free: true });
  });

  it('says that data sets are too large, and goes on', async () => {
    const answer = await play(`
      const failure = (error) => ({ kind: error.kind, code: error.code });
      const failed = await compareInThread({ training: csv(0, 400000), by: [] }, 40).catch(failure);
      return { failed, next: await compareInThread({ training: csv(0, 3), by: [] }) };`);
    expect(answer).toEqual({
      failed: { kind: 'too-large', code: 'comparison-too-large' },
      next: { shared: 0, columns: ['id', 'ph'] },
    });
  });
});
