import { withFolder } from '../temp.mjs';
import { peersEnvironment } from './environment.mjs';
import { CLIENTS, fire, settled } from './load.mjs';
import { toRow } from './report.mjs';
import { scenarios } from './scenarios.mjs';
import { freshRuns, seed } from './seed.mjs';
import { freePort, servers as allServers } from './servers.mjs';

const FULL = { rounds: 3, warmUp: 2, seconds: 5, longest: 60, experiments: 10, runs: 10, fresh: 200 };
const QUICK = { rounds: 1, warmUp: 1, seconds: 2, longest: 60, experiments: 3, runs: 5, fresh: 50 };

/**
 * MLflow, FastTrackML and Custody under the same load with the same data, one server at a time. A round goes
 * through all of them, in another order each time.
 */
export function peers({ quick, only, progress }) {
  return withFolder(async (folder) => {
    const plan = quick ? QUICK : FULL;
    const environment = peersEnvironment(progress);
    const servers = allServers(folder, environment);
    const chosen = scenarios.filter(({ name }) => only === undefined || name.startsWith(only));
    const taken = chosen.map(() => Object.fromEntries(servers.map(({ name }) => [name, []])));
    const seeded = new Map();
    for (let round = 0; round < plan.rounds; round++) {
      for (let place = 0; place < servers.length; place++) {
        const server = servers[(place + round) % servers.length];
        progress(`round ${round + 1} of ${plan.rounds}: ${server.name}`);
        const results = await measure(server, chosen, plan, seeded, progress);
        results.forEach((result, index) => taken[index][server.name].push(result));
      }
    }
    return {
      clients: CLIENTS,
      ...plan,
      servers: servers.map(({ name, about }) => ({ name, ...about() })),
      rows: chosen.map((scenario, index) => toRow(scenario, taken[index])),
    };
  });
}

async function measure(server, chosen, plan, seeded, progress) {
  const open = await server.open(await freePort());
  try {
    if (!seeded.has(server.name)) seeded.set(server.name, await seed(open, plan));
    const data = { ...seeded.get(server.name), runs: await freshRuns(open, plan.fresh) };
    const results = [];
    for (const scenario of chosen) {
      const result = await play(open, scenario, data, plan);
      progress(
        `  ${scenario.name}: ${Math.round(result.rate)} requests/s${result.failures > 0 ? `, ${result.failures} refused: ${result.refusal}` : ''}`,
      );
      results.push(result);
    }
    return results;
  } finally {
    await open.stop();
  }
}

/**
 * A server that answers slowly is given longer, for a figure of more than a few answers. One that refuses
 * everything is not: a longer look would show the same.
 */
async function play(open, scenario, data, { warmUp, seconds, longest }) {
  const warm = await fire(open, scenario, data, warmUp);
  await settled(open);
  if (warm.failures > 0 && warm.answers === 0) return warm;
  for (let window = Math.max(seconds, secondsFor(warm.rate)); ; window *= 3) {
    const result = await fire(open, scenario, data, Math.min(window, longest));
    await settled(open);
    if (result.answers >= CLIENTS || result.failures > 0 || window >= longest) return result;
  }
}

/** For five answers a client; at first it is not known yet how long a silent server takes. */
const secondsFor = (rate) => (rate === 0 ? 0 : Math.ceil((5 * CLIENTS) / rate));
