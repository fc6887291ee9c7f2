import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeBundle, parseProofFile } from '../../src/evidence/index.js';
import { custody as command, freshServer } from '../support/custody.js';
import { goIsThere, goTools, said } from './go-tools.js';

const EVIDENCE = '/api/v1/evidence';
const MLFLOW = '/api/2.0/mlflow';
const there = await goIsThere();
if (!there) console.log('Go is not there: the log is not checked with Go’s sumdb packages and Tessera’s fsck.');

(there ? describe : describe.skip)('the log of a running server, to software that we did not write,', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let tools: Awaited<ReturnType<typeof goTools>>;
  let token: string;
  let vkey: string;
  let event: string;
  const file = (name: string) => join(custody.data, name);

  beforeAll(async () => {
    tools = await goTools();
    custody = await freshServer(['--open']);
    const { body } = await custody.admin.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      experiment_id: '0',
    });
    const { run_id } = body.run.info;
    // More than one tile of the first level, and a partial one.
    for (let step = 0; step < 300; step++)
      await custody.admin.post(`${MLFLOW}/runs/log-metric`, { run_id, key: 'loss', value: step, timestamp: 1, step });
    await custody.admin.post(`${EVIDENCE}/checkpoints`, {});
    const keys = await custody.admin.get<{ keys: { vkey: string }[] }>(`${EVIDENCE}/keys`);
    vkey = keys.body.keys[0]!.vkey;
    writeFileSync(file('vkey'), vkey);
    const trail = await custody.admin.get<{ events: { event_id: string }[] }>('/api/v1/audit/events?limit=50');
    event = trail.body.events[40]!.event_id;
    token = 'none';
  }, 300_000);
  afterAll(() => custody.end());

  const bytes = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${custody.url}${EVIDENCE}${path}`)).arrayBuffer());

  const fsck = (url: string) =>
    said(tools.fsck, [
      `--storage_url=${url}`,
      `--public_key=${file('vkey')}`,
      `--bearer_token=${token}`,
      '--ui=false',
      '--v=1',
    ]);

  it('is whole and consistent by Tessera’s unmodified fsck', async () => {
    const { code, text } = await fsck(`${custody.url}${EVIDENCE}/log/`);
    expect(text).not.toMatch(/fail|error|inconsistent/i);
    expect(text).toMatch(/Completed ranges/);
    expect(code).toBe(0);
  });

  it('proves an event to Go’s sumdb packages, from what the command line writes', async () => {
    const proof = await command(['proof', event, '--url', custody.url, '--out', file('p.tlog-proof')], {
      CUSTODY_TOKEN: 'none',
    });
    expect(proof).toMatchObject({ code: 0, err: '' });
    const { body: latest } = await custody.admin.get<string>(`${EVIDENCE}/events/${event}/proof`);
    const { index, checkpoint } = parseProofFile(latest);
    writeFileSync(file('p.tlog-proof'), latest);
    const size = Number(checkpoint.split('\n')[1]);
    const bundle = Math.floor(index / 256);
    const width = Math.min(256, size - bundle * 256);
    const entries = await bytes(`/log/tile/entries/00${bundle}${width === 256 ? '' : `.p/${width}`}`);
    const entry = decodeBundle(entries)[index - bundle * 256]!;
    expect(entry.toString()).toContain(event);
    writeFileSync(file('entry'), entry);
    writeFileSync(file('consistency'), await bytes(`/consistency?first=100&second=${size}`));
    const args = [vkey, file('p.tlog-proof'), file('entry'), file('consistency')];
    expect(await said(tools.sumdb, args)).toEqual({ code: 0, text: `event ${index} of ${size} is in the log\n` });
    writeFileSync(file('entry'), Buffer.concat([entry, Buffer.of(32)]));
    expect((await said(tools.sumdb, args)).code).toBe(1);
  });
});
