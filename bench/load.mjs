import autocannon from 'autocannon';
import { call } from './server.mjs';

export const CLIENTS = 32;
export const LOG_METRIC = '/api/2.0/mlflow/runs/log-metric';

/** A metric for a run of its own. */
export async function metricOf(url, authorization) {
  const { run } = await call(url, authorization, '/api/2.0/mlflow/runs/create', { experiment_id: '0' });
  return metric(run.info.run_id);
}

export const metric = (run_id) =>
  JSON.stringify({ run_id, key: 'loss', value: 0.123456, timestamp: 1767603600000, step: 1 });

/** Posts the same body again and again; answers how many a second were taken. */
export async function fire(url, body, authorization, seconds) {
  const result = await autocannon({
    url,
    method: 'POST',
    connections: CLIENTS,
    duration: Math.max(1, Math.round(seconds)),
    body,
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`);
  return result['2xx'] / result.duration;
}
