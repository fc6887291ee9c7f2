import autocannon from 'autocannon';

/** As many as FastTrackML's own figures have. */
export const CLIENTS = 20;

let number = 0;

/** Requests a second and latencies of one scenario; `refusal` tells of the first request without success. */
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
  const answers = result['2xx'];
  const failures = result.non2xx + result.errors + result.timeouts;
  return {
    answers,
    rate: answers / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failures,
    refusal: refusal ?? why(result, seconds),
  };
}

function why(result, seconds) {
  if (result.errors > 0) return `${result.errors} connection errors`;
  return result['2xx'] === 0 ? `no answer within ${seconds} s` : undefined;
}

/** Requests whose client has gone are worked on all the same, and must not weigh on the next scenario. */
export async function settled({ url, headers }, deadline = Date.now() + 20_000) {
  for (let quick = 0; quick < 8 && Date.now() < deadline;) {
    const started = performance.now();
    const answered = await fetch(`${url}/api/2.0/mlflow/experiments/get?experiment_id=0`, { headers })
      .then((response) => response.arrayBuffer())
      // A server may close a connection that it takes for idle while the request is on its way.
      .catch(() => undefined);
    quick = answered && performance.now() - started < 50 ? quick + 1 : 0;
  }
}
