import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { dataFolder } from '../../support/custody.js';

export const MLFLOW = resolve(process.env['CUSTODY_TEST_MLFLOW'] ?? '.venv/bin/mlflow');

/** A real `mlflow server` on a fresh SQLite file. */
export async function mlflowServer(): Promise<{ readonly url: string; readonly end: () => Promise<void> }> {
  const folder = dataFolder();
  const port = await freePort();
  const child = spawn(
    MLFLOW,
    [
      'server',
      '--backend-store-uri',
      `sqlite:///${folder.path}/mlflow.db`,
      '--artifacts-destination',
      `${folder.path}/artifacts`,
      '--workers',
      '1',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
    ],
    // A process group of its own: the server's workers are its children and must end with it.
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: folder.path,
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
    },
  );
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + String(chunk)).slice(-20_000)));
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const end = async () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await exited;
    folder.remove();
  };
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`mlflow server ended before it was ready:\n${log}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return { url, end };
    await new Promise((done) => setTimeout(done, 200));
  }
}

const freePort = (): Promise<number> =>
  new Promise((done, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
