import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as soon } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { custody as command, dataFolder, freshServer, Proc } from '../support/custody.js';

const FILES = 60;

describe('backup and restore beside a server that writes', () => {
  const folder = dataFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let writing = true;
  let writer: Promise<number>;

  beforeAll(async () => {
    custody = await freshServer(['--open']);
    const run = await custody.admin.post<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create', {
      experiment_id: '0',
    });
    const id = run.body.run.info.run_id;
    const upload = async (index: number) => {
      const path = `/api/2.0/mlflow-artifacts/artifacts/0/${id}/artifacts/${index}.bin`;
      expect((await custody.admin.send('PUT', path, Buffer.alloc(200_000, index))).status).toBe(200);
    };
    await Promise.all(Array.from({ length: FILES }, (_, index) => upload(index)));
    writer = (async () => {
      let written = 0;
      for (; writing; written++) {
        const point = { run_id: id, key: 'loss', value: written, timestamp: written, step: written };
        const answer = await custody.admin.post('/api/2.0/mlflow/runs/log-metric', point);
        if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
        await new Promise((later) => setTimeout(later, 20));
      }
      return written;
    })();
  }, 180_000);
  afterAll(async () => {
    writing = false;
    await writer;
    await custody.end();
    folder.remove();
  });

  const backup = (...args: string[]) => ['backup', at('backups'), '--data', custody.data, ...args];
  /** Kills it once this has come true; `false` when it was done before that. */
  const killedOnce = async (args: readonly string[], true_: () => boolean): Promise<boolean> => {
    const process = Proc.start(args);
    let ended = false;
    void process.exited.then(() => (ended = true));
    while (!ended && !true_()) await soon();
    await process.kill();
    return process.child.signalCode === 'SIGKILL';
  };
  const names = (path: string) => (existsSync(path) ? readdirSync(path) : []);

  it('a backup that is killed is none; the next one goes on, is whole, and has all that had been answered', async () => {
    const copied = () => names(at('backups', 'artifacts', 'sha256')).length > 10;
    let killed = false;
    while (!killed) {
      rmSync(at('backups'), { recursive: true, force: true });
      killed = await killedOnce(backup(), copied);
    }
    expect(await command(['backup', 'verify', at('backups')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('never finished'),
    });
    expect(await command(['restore', at('backups'), '--data', at('new')])).toMatchObject({
      code: 65,
      err: expect.stringContaining('never finished'),
    });
    const made = await command(backup('--keys', at('safe'), '--json'));
    expect(made.code).toBe(0);
    const {
      new_artifacts: added,
      artifacts,
      log,
    } = JSON.parse(made.out) as {
      new_artifacts: number;
      artifacts: { files: number };
      log: { events: number };
    };
    expect(artifacts.files).toBeGreaterThanOrEqual(FILES);
    expect(added).toBeLessThan(FILES);
    expect(log.events).toBeGreaterThan(FILES);
    expect(names(at('backups')).filter((name) => name.endsWith('.partial'))).toEqual([]);
    const { code, out } = await command(['backup', 'verify', at('backups')]);
    expect([code, out]).toEqual([0, expect.stringContaining('is whole')]);
  });

  it('a restore that is killed is refused by the server, and done by the next one', async () => {
    const args = ['restore', at('backups'), '--data', at('new'), '--keys', at('safe')];
    let killed = false;
    while (!killed) {
      rmSync(at('new'), { recursive: true, force: true });
      killed = await killedOnce(args, () => names(at('new', 'restoring', 'artifacts', 'sha256')).length > 10);
    }
    const refused = await command(['serve', '--open', '--port', '0', '--data', at('new')]);
    expect([refused.code, refused.err]).toEqual([74, expect.stringContaining('custody restore again')]);

    expect(await command(args)).toMatchObject({ code: 0 });
    const server = Proc.start(['serve', '--open', '--port', '0', '--data', at('new'), '--log-level', 'error']);
    const { url } = await server.ready();
    const search = { experiment_ids: ['0'] };
    const response = await fetch(`${url}/api/2.0/mlflow/runs/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(search),
    });
    const { runs } = (await response.json()) as { runs: { data: { metrics: { key: string }[] } }[] };
    expect(runs[0]!.data.metrics.map(({ key }) => key)).toEqual(['loss']);
    await server.stop();
    expect(await command(args)).toMatchObject({ code: 65, err: expect.stringContaining('no log is ever replaced') });
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;

  asRoot('a disk that is full is said, and leaves neither a backup nor half of a data folder', async () => {
    const disk = at('disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk]);
    try {
      const full = await command(['backup', join(disk, 'backups'), '--data', custody.data]);
      expect([full.code, full.err]).toEqual([74, expect.stringMatching(/full|ENOSPC|no space/i)]);
      expect(names(join(disk, 'backups')).filter((name) => name.startsWith('2'))).toEqual([]);
      rmSync(join(disk, 'backups'), { recursive: true });
      const half = await command(['restore', at('backups'), '--data', join(disk, 'new')]);
      expect([half.code, half.err]).toEqual([74, expect.stringMatching(/full|ENOSPC|no space/i)]);
      expect(names(join(disk, 'new'))).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});
