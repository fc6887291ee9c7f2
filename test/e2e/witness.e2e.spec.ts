import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openNote, parseCosignerVkey, parseVkey } from '../../src/evidence/index.js';
import { custody, dataFolder, Proc } from '../support/custody.js';

interface Checkpoint {
  readonly checkpoint: { readonly size: number; readonly note: string };
}
interface Outside {
  readonly size: number;
  readonly quorum_reached: boolean;
  readonly witnesses: readonly { readonly problem?: { readonly kind: string; readonly words: string } }[];
  readonly anchors: readonly { readonly kind: string; readonly anchored?: { readonly size: number } }[];
}

describe('a second site that watches the first', () => {
  let folder: ReturnType<typeof dataFolder>;
  const running: Proc[] = [];
  beforeEach(() => {
    folder = dataFolder();
  });
  afterEach(async () => {
    for (const proc of running.splice(0)) await proc.kill();
    folder.remove();
  });

  const at = (...path: string[]) => join(folder.path, ...path);
  const start = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const proc = Proc.start(args, env);
    running.push(proc);
    return { proc, url: (await proc.ready()).url };
  };
  const get = async (url: string) => (await fetch(url)).text();
  const serve = (data: string, env: Readonly<Record<string, string>> = {}) =>
    start(['serve', '--open', '--port', '0', '--data', at(data)], { CUSTODY_CHECKPOINT_SECONDS: '0', ...env });
  const issue = async (url: string) => {
    const answer = await fetch(`${url}/api/v1/evidence/checkpoints`, { method: 'POST' });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as Checkpoint).checkpoint;
  };
  const outside = async (url: string, done: (found: Outside) => boolean): Promise<Outside> => {
    for (;;) {
      const found = JSON.parse(await get(`${url}/api/v1/evidence/witnesses`)) as Outside;
      if (done(found)) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('cosigns it, sees two servers that sign for one log, and checkpoints go to a folder and a repository', async () => {
    const first = await serve('a');
    const logKey = (JSON.parse(await get(`${first.url}/api/v1/evidence/keys`)) as { keys: { vkey: string }[] }).keys[0]!
      .vkey;
    await first.proc.stop();

    const witnessData = ['--data', at('w')];
    const made = await custody(['witness', 'key', ...witnessData, '--name', 'lab-b.example/witness']);
    const vkey = made.out.trim();
    const witness = await start(['witness', 'serve', ...witnessData, '--log', logKey, '--port', '0']);
    writeFileSync(at('policy'), `log ${logKey}\nwitness lab-b ${vkey} ${witness.url}\nquorum lab-b\n`);
    mkdirSync(at('share'));
    execFileSync('git', ['init', '--quiet', '--bare', at('checkpoints.git')]);
    const env = {
      CUSTODY_WITNESS_POLICY: at('policy'),
      CUSTODY_ANCHOR_FOLDER: at('share'),
      CUSTODY_ANCHOR_GIT: at('checkpoints.git'),
      CUSTODY_ANCHOR_MINUTES: '0',
    };

    cpSync(at('a'), at('copy'), { recursive: true });
    const again = await serve('a', env);
    const { size } = await issue(again.url);
    const seen = await outside(
      again.url,
      (found) =>
        found.quorum_reached && found.size === size && found.anchors.every(({ anchored }) => anchored?.size === size),
    );
    expect(seen.anchors.map(({ kind }) => kind)).toEqual(['folder', 'git']);
    const note = await get(`${again.url}/api/v1/evidence/checkpoint`);
    expect(openNote(note, [parseVkey(logKey), parseCosignerVkey(vkey)]).verified).toHaveLength(2);
    const [own] = readdirSync(at('share'));
    expect(readdirSync(at('share', own!)).some((name) => name.startsWith(String(size).padStart(16, '0')))).toBe(true);
    await again.proc.stop();

    // A copy that went its own way, with the same key.
    const copy = await serve('copy', env);
    for (let more = 0; more < 4; more += 1) await issue(copy.url);
    const split = await outside(copy.url, ({ witnesses }) => witnesses[0]?.problem?.kind === 'split-view');
    expect(split.witnesses[0]!.problem!.words).toContain('two servers sign for one log');
    const disputes = await custody(['witness', 'list', '--disputes', '--json', ...witnessData]);
    expect(JSON.parse(disputes.out.split('\n')[0]!)).toMatchObject({ words: expect.stringContaining('two servers') });
    const listed = await custody(['witness', 'list', '--json', ...witnessData]);
    expect(JSON.parse(listed.out)).toMatchObject({ origin: expect.any(String), size: expect.any(Number) });
  }, 180_000);

  it('says what is wrong with how it is started', async () => {
    expect(await custody(['witness', 'serve', '--data', at('w')])).toMatchObject({ code: 64 });
    expect(await custody(['witness', 'key', '--data', at('w')])).toMatchObject({ code: 78 });
    expect(await custody(['witness', 'list', '--data', at('w')])).toMatchObject({ code: 64 });
    writeFileSync(at('policy'), 'quorum nobody\n');
    const wrong = await custody(['serve', '--open', '--port', '0', '--data', at('a')], {
      CUSTODY_WITNESS_POLICY: at('policy'),
    });
    expect([wrong.code, wrong.err]).toEqual([78, expect.stringContaining('line 1: nobody is not defined')]);
  });
});
