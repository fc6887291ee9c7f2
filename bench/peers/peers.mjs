import { withFolder } from '../temp.mjs';
import { peersEnvironment } from './environment.mjs';
import { CLIENTS, fire, settled } from './load.mjs';
import { toRow } from './report.mjs';
import { scenarios } from './scenarios.mjs';
import { freshRuns, seed } from './seed.mjs';
import { freePort, servers as allServers } from './servers.mjs';

const FULL = { rounds: 3, warmUp: 2, seconds: 5, longest: 20, experiments: 10, runs: 10, fresh: 200 };
const QUICK = { rounds: 1, warmUp: 1, seconds: 2, longest: 10, experiments: 3, runs: 5, fresh: 50 };

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
        `  ${scenario.name}: ${result.failures > 0 ? `failed, ${result.refusal}` : `${Math.round(result.rate)} requests/s`}`,
      );
      results.push(result);
    }
    return results;
  } finally {
    await open.stop();
  }
}

/** A server that answers slowly is given longer, for a figure of more than a few answers; one that refuses is not. */
async function play(open, scenario, data, { warmUp, seconds, longest }) {
  const warm = await fire(open, scenario, data, warmUp);
  await settled(open);
  if (warm.failures > 0 && !warm.silent) return warm;
  const enough = Math.ceil((5 * CLIENTS) / warm.rate);
  const result = await fire(open, scenario, data, Math.min(longest, Math.max(seconds, enough)));
  await settled(open);
  return result;
}
