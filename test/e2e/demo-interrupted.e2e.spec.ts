import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { custody, dataFolder, LEASH } from '../support/custody.js';

/** Whatever still runs on this folder. */
function left(folder: string): string[] {
  const all = execFileSync('ps', ['-eo', 'pid,args']).toString().split('\n');
  return all.filter((line) => line.includes(folder) && line.includes('main.js'));
}

describe('the demo, interrupted', () => {
  let data: ReturnType<typeof dataFolder>;
  beforeEach(() => {
    data = dataFolder();
  });
  afterEach(() => data.remove());

  const moments: readonly [string, (folder: string, out: () => string) => boolean][] = [
    ['as soon as the server has made its log', (folder) => existsSync(join(folder, 'log.db'))],
    ['as soon as the server has made its keys', (folder) => existsSync(join(folder, 'keys', 'master.key'))],
    ['as soon as the first account is noted', (folder) => existsSync(join(folder, 'demo-accounts.json'))],
    ['in the middle of the story', (_, out) => out().includes('2. The training run')],
    ['after the story', (_, out) => out().includes('Still running at')],
  ];

  it.each(moments)('%s ends at once, leaves nothing running, and can be taken up again', async (_, reached) => {
    const demo = spawn(
      process.execPath,
      [...LEASH, resolve('dist/cli/main.js'), 'demo', '--data', data.path, '--port', '5400'],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    let out = '';
    demo.stdout!.on('data', (chunk) => (out += String(chunk)));
    const exited = new Promise<number | null>((done) => demo.once('exit', (code) => done(code)));
    while (demo.exitCode === null && !reached(data.path, () => out)) await new Promise((turn) => setTimeout(turn, 5));
    demo.kill('SIGINT');
    expect(await exited).toBe(0);
    expect(left(data.path)).toEqual([]);

    const again = await custody(['demo', '--exit', '--data', data.path, '--port', '5400']);
    expect(again.err).toBe('');
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/WARNING.*TEST003/s);
    expect(left(data.path)).toEqual([]);
  });
});
