import { join } from 'node:path';
import { readSettings } from '../dist/app/config/settings.js';
import { openFoundation } from '../dist/app/foundation.js';
import { rebuildReadModels } from '../dist/app/rebuild.js';
import { systemClock } from '../dist/core/index.js';
import { openSqliteLedger } from '../dist/ledger/sqlite/index.js';
import { event } from './events.mjs';
import { figure } from './report.mjs';
import { withFolder } from './temp.mjs';

const ROUNDS = 3;

/** All read models from the log of a busy laboratory: for each run, its life, parameters, tags and metrics. */
export function rebuild(scale) {
  return withFolder(async (folder) => {
    const settings = readSettings({}, { data: join(folder, 'data') });
    await (await openFoundation(settings)).close();
    await fill(join(settings.data, 'log.db'), Math.ceil(300_000 * scale));
    const rates = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { events, seconds } = await rebuildReadModels(settings, () => undefined);
      rates.push(events / seconds);
    }
    return [figure('rebuild of all read models', 'events/s', rates, 100_000)];
  });
}

async function fill(file, total) {
  const ledger = await openSqliteLedger({ file, clock: systemClock });
  await ledger.append(
    'experiment-1',
    [event('ExperimentCreated', { experimentId: '1', name: 'Bench', tags: [] })],
    'any',
  );
  const PER_RUN = 100;
  const run = async (number) => {
    const runId = number.toString(16).padStart(32, '0');
    const base = { runId, experimentId: '1' };
    await ledger.append(`run-${runId}`, runEvents(base, number), 'any');
    for (let step = 0; step < PER_RUN - 4; step += 24) {
      const points = Array.from({ length: 24 }, (_, index) =>
        event('MetricsLogged', {
          ...base,
          metrics: [
            { key: 'loss', value: 1 / (step + index + 1), timestamp: 1767603600000 + step + index, step: step + index },
          ],
        }),
      );
      await ledger.append(`metrics-${runId}`, points, 'any');
    }
  };
  for (let number = 0; number < total / PER_RUN; number += 32)
    await Promise.all(Array.from({ length: 32 }, (_, index) => run(number + index)));
  await ledger.close();
}

const runEvents = (base, number) => [
  event('RunStarted', { ...base, name: `bench-${number}`, startTime: 1767603600000 + number, tags: [] }),
  event('ParamsLogged', {
    ...base,
    params: [
      { key: 'max_depth', value: '5' },
      { key: 'n_estimators', value: '100' },
    ],
  }),
  event('TagsSet', { ...base, tags: [{ key: 'Project', value: 'Lab_Modernization' }] }),
  event('RunEnded', { ...base, status: 'FINISHED', endTime: 1767603700000 + number }),
];
