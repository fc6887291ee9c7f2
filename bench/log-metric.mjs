import { join } from 'node:path';
import { CLIENTS, fire, LOG_METRIC, metricOf } from './load.mjs';
import { ratio } from './report.mjs';
import { emptyHandler, serve, signIn } from './server.mjs';
import { withFolder } from './temp.mjs';

const ROUNDS = 5;

/** `runs/log-metric`, authenticated and durable, against a handler that does nothing on the same framework. */
export function logMetric(scale) {
  return withFolder(async (folder) => {
    const custody = await serve(join(folder, 'data'));
    const empty = await emptyHandler();
    try {
      const { url } = custody.ready;
      const authorization = await signIn(custody.ready);
      const body = await metricOf(url, authorization);
      const load = (base) => fire(base + LOG_METRIC, body, authorization, 8 * scale);
      await load(url);
      await load(empty.ready.url);
      const [ours, theirs] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await load(url));
        theirs.push(await load(empty.ready.url));
      }
      const what = `runs/log-metric, ${CLIENTS} clients`;
      return [ratio(what, 'requests/s', ours, theirs, 'empty handler, NestJS on Fastify', 0.7)];
    } finally {
      await Promise.all([custody.stop(), empty.stop()]);
    }
  });
}
