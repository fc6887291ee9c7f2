import autocannon from 'autocannon';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ratio } from './report.mjs';
import { call, serve, signIn, start } from './server.mjs';
import { withFolder } from './temp.mjs';

const ROUNDS = 5;
const CLIENTS = 32;

/** `runs/log-metric`, authenticated and durable, against a handler that does nothing on the same framework. */
export function logMetric(scale) {
  return withFolder(async (folder) => {
    const custody = await serve(join(folder, 'data'));
    const empty = await start(fileURLToPath(new URL('./empty-handler.mjs', import.meta.url)), []);
    try {
      const { url } = custody.ready;
      const authorization = await signIn(custody.ready);
      const { run } = await call(url, authorization, '/api/2.0/mlflow/runs/create', { experiment_id: '0' });
      const body = JSON.stringify({
        run_id: run.info.run_id,
        key: 'loss',
        value: 0.123456,
        timestamp: 1767603600000,
        step: 1,
      });
      const load = (base) =>
        fire(`${base}/api/2.0/mlflow/runs/log-metric`, body, authorization, Math.max(1, Math.round(8 * scale)));
      await load(url);
      await load(empty.ready.url);
      const [ours, theirs] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await load(url));
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
