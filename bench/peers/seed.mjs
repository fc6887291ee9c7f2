const API = '/api/2.0/mlflow/';
const PARALLEL = 4;
const TIME = 1767603600000;
export const HISTORY_POINTS = 1000;

const range = (count, item) => Array.from({ length: count }, (_, index) => item(index + 1));

/** The same for each server: experiments with runs of 100 parameters and 100 metrics of 4 points, and one long metric. */
export async function seed(server, size) {
  const post = poster(server);
  const experimentIds = [];
  const runIds = [];
  for (let number = 1; number <= size.experiments; number++) {
    const { experiment_id } = await post('experiments/create', {
      name: `experiment_${number}`,
      tags: [{ key: 'team', value: 'bench' }],
    });
    experimentIds.push(experiment_id);
    runIds.push(...(await createRuns(post, experiment_id, size.runs, { filled: true })));
  }
  const [historyRun] = runIds;
  const points = range(HISTORY_POINTS, (step) => ({ key: 'long', value: 1 / step, timestamp: TIME + step, step }));
  await post('runs/log-batch', { run_id: historyRun, metrics: points });
  return { experimentIds, historyRun };
}

/** Runs to write to, new in every round. */
export const freshRuns = (server, count) => createRuns(poster(server), '0', count, { filled: false });

async function createRuns(post, experiment_id, count, { filled }) {
  const ids = [];
  let next = 0;
  const work = async () => {
    while (next < count) {
      const number = ++next;
      const { run } = await post('runs/create', {
        experiment_id,
        start_time: TIME + number,
        run_name: `run_${number}_${experiment_id}`,
        tags: [{ key: 'team', value: 'bench' }],
      });
      if (filled) await post('runs/log-batch', { run_id: run.info.run_id, ...contents(number) });
      ids.push(run.info.run_id);
    }
  };
  await Promise.all(range(PARALLEL, work));
  return ids;
}

const contents = (number) => ({
  params: range(100, (id) => ({ key: `param${id}`, value: String((id * number) % 7) })),
  metrics: range(100, (id) => range(4, (step) => step)).flatMap((steps, index) =>
    steps.map((step) => ({ key: `metric${index + 1}`, value: number / step, timestamp: TIME + step, step })),
  ),
});

function poster({ url, headers }) {
  return async (path, body) => {
    const response = await fetch(url + API + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, 'content-type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
}
