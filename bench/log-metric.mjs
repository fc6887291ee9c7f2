import autocannon from 'autocannon';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ratio } from './report.mjs';
import { withFolder } from './temp.mjs';

const ROUNDS = 5;
const CLIENTS = 32;

/** `runs/log-metric`, authenticated and durable, against a handler that does nothing on the same framework. */
export function logMetric(scale) {
  return withFolder(async (folder) => {
    const custody = await start(fileURLToPath(new URL('../dist/cli/main.js', import.meta.url)), [
      'serve',
      '--port',
      '0',
      '--data',
      join(folder, 'data'),
      '--log-level',
      'error',
    ]);
    const empty = await start(fileURLToPath(new URL('./empty-handler.mjs', import.meta.url)), []);
    try {
      const { authorization, runId } = await prepare(custody.ready);
      const body = JSON.stringify({ run_id: runId, key: 'loss', value: 0.123456, timestamp: 1767603600000, step: 1 });
      const load = (url) =>
        fire(`${url}/api/2.0/mlflow/runs/log-metric`, body, authorization, Math.max(1, Math.round(8 * scale)));
      await load(custody.ready.url);
      await load(empty.ready.url);
      const [ours, theirs] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await load(custody.ready.url));
        theirs.push(await load(empty.ready.url));
      }
      return [
        ratio(
          `runs/log-metric, ${CLIENTS} clients`,
          'requests/s',
          ours,
          theirs,
          'empty handler, NestJS on Fastify',
          0.7,
        ),
      ];
    } finally {
      await Promise.all([custody.stop(), empty.stop()]);
    }
  });
}

async function fire(url, body, authorization, seconds) {
  const result = await autocannon({
    url,
    method: 'POST',
    connections: CLIENTS,
    duration: seconds,
    body,
    headers: { 'content-type': 'application/json', authorization },
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`);
  return result['2xx'] / result.duration;
}

export function start(file, args, options = {}) {
  const child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], ...options });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = () => {
    child.kill('SIGTERM');
    return gone;
  };
  return new Promise((resolve, reject) => {
    child.once('message', (ready) => resolve({ ready, stop }));
    gone.then((code) => reject(new Error(`${file} ended with ${code}`)));
  });
}

/** The administrator of the first start makes an analyst with a token, who starts a run. */
export async function prepare({ url, firstStart }) {
  const call = async (path, body, authorization) => {
    const response = await fetch(url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const basic = (login, password) => `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  const { login, oneTimePassword } = firstStart;
  await call(
    '/api/v1/users/me/password',
    { current: oneTimePassword, new: 'bench password 1' },
    basic(login, oneTimePassword),
  );
  const analyst = await call(
    '/api/v1/users',
    { login: 'bench', display_name: 'Bench', roles: ['analyst'] },
    basic(login, 'bench password 1'),
  );
  await call(
    '/api/v1/users/me/password',
    { current: analyst.one_time_password, new: 'bench password 2' },
    basic('bench', analyst.one_time_password),
  );
  const { token } = await call('/api/v1/tokens', { label: 'bench' }, basic('bench', 'bench password 2'));
  const authorization = `Bearer ${token}`;
  const { run } = await call('/api/2.0/mlflow/runs/create', { experiment_id: '0' }, authorization);
  return { authorization, runId: run.info.run_id };
}
