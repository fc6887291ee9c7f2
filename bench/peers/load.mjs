import autocannon from 'autocannon';

/** As many as FastTrackML's own figures have. */
export const CLIENTS = 20;

let number = 0;

/** Requests a second and latencies of one scenario; `refusal` is the first answer that was no success. */
export async function fire({ url, headers }, scenario, data, seconds) {
  let refusal;
  const result = await autocannon({
    url,
    connections: CLIENTS,
    duration: seconds,
    timeout: 60,
    requests: [
      {
        setupRequest: (request) => ({
          ...request,
          ...scenario.request(number++, data),
          headers: { ...headers, 'content-type': 'application/json' },
        }),
        onResponse: (status, body) => {
          if (status < 200 || status > 299) refusal ??= `${status} ${body.slice(0, 200)}`;
        },
      },
    ],
  });
  const silent = result['2xx'] + result.non2xx === 0;
  const failures = result.non2xx + result.errors + result.timeouts + (silent ? 1 : 0);
  return {
    rate: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failures,
    silent,
    refusal: failures > 0 ? (refusal ?? why(result, silent, seconds)) : undefined,
  };
}

const why = (result, silent, seconds) =>
  silent ? `no answer within ${seconds} s` : `${result.errors} connection errors`;

/** Requests whose client has gone are worked on all the same, and must not weigh on the next scenario. */
export async function settled({ url, headers }, deadline = Date.now() + 20_000) {
  for (let quick = 0; quick < 8 && Date.now() < deadline;) {
    const started = performance.now();
    await (await fetch(`${url}/api/2.0/mlflow/experiments/get?experiment_id=0`, { headers })).arrayBuffer();
    quick = performance.now() - started < 50 ? quick + 1 : 0;
  }
}
