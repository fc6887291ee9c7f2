import { Call } from './call.js';
import { Disagreement, play, tally } from './play.js';
import { Side } from './side.js';

export interface Shrunk {
  readonly calls: readonly Call[];
  readonly disagreement: Disagreement;
}

/**
 * A shorter sequence that ends in a disagreement about the same call: ever smaller pieces of what comes
 * before it are left out, as long as it stays, and as long as the time allows.
 */
export async function shrink(
  calls: readonly Call[],
  found: Disagreement,
  mlflow: Side,
  custody: Side,
  until: number,
): Promise<Shrunk> {
  let best: Shrunk = { calls: calls.slice(0, found.at + 1), disagreement: found };
  for (let size = Math.ceil(best.calls.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.calls.length - 1 && Date.now() < until;) {
      const fewer = [...best.calls.slice(0, from), ...best.calls.slice(Math.min(from + size, best.calls.length - 1))];
      const again = await play(fewer, mlflow, custody, tally());
      const same = again?.call.path === found.call.path && again.at === fewer.length - 1;
      if (same) best = { calls: fewer, disagreement: again };
      else from += size;
    }
  }
  return best;
}

export function report(seed: number, { calls, disagreement }: Shrunk): string {
  const { mlflow, custody, difference } = disagreement;
  const lines = calls.map(({ method, path, fields }, at) => `${at + 1}. ${method} ${path} ${short(fields)}`);
  return [
    `the answers differ (seed ${seed}): ${difference}`,
    ...lines,
    `mlflow:  ${mlflow.status} ${short(mlflow.body)}`,
    `custody: ${custody.status} ${short(custody.body)}`,
  ].join('\n');
}

const short = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/(.)\1{99,}/g, (run) => `${run[0]}{${run.length}}`)
    .slice(0, 1500);
