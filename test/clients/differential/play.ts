import { Answer, Call } from './call.js';
import { comparable, excused } from './known-differences.js';
import { difference, normalise } from './normalise.js';
import { named } from './sequence.js';
import { Side } from './side.js';
import { aboutWhatExists } from './two-faults.js';

export interface Disagreement {
  readonly at: number;
  readonly call: Call;
  readonly mlflow: Answer;
  readonly custody: Answer;
  readonly difference: string;
}

/** What came of the calls that were played. */
export interface Tally {
  calls: number;
  readonly agreed: Map<string, number>;
  readonly excused: Map<string, number>;
}

export const tally = (): Tally => ({ calls: 0, agreed: new Map(), excused: new Map() });
const count = (counts: Map<string, number>, what: string): void => void counts.set(what, 1 + (counts.get(what) ?? 0));

let played = 0;

/**
 * Plays the calls against both servers in names of their own, up to the first disagreement. A sequence also
 * ends, without one, where a known difference has left the two in different states.
 */
export async function play(
  calls: readonly Call[],
  mlflow: Side,
  custody: Side,
  into: Tally,
): Promise<Disagreement | undefined> {
  mlflow.forget();
  custody.forget();
  for (const [at, call] of named(calls, `s${process.pid}x${played++}`).entries()) {
    into.calls++;
    const ours = await custody.send(call);
    const theirs = await mlflow.send(call);
    const ordered = call.path === 'metrics/get-history';
    const a = comparable(call, normalise(theirs, mlflow.ids, ordered));
    const b = comparable(call, normalise(ours, custody.ids, ordered));
    const found = difference(a as never, b as never);
    if (found === undefined) {
      count(
        into.agreed,
        `${call.method} ${call.path.replace(/\{\{(\w+)#\d+\}\}/g, '{$1}')} ${a.status === 200 ? 'done' : 'refused'}`,
      );
      continue;
    }
    const excuse = await excused({ call, mlflow: theirs, custody: ours }, () => aboutWhatExists(call, mlflow, custody));
    if (excuse === undefined) return { at, call, mlflow: theirs, custody: ours, difference: found };
    count(into.excused, excuse);
    if (writes(call) && (theirs.status === 200) !== (ours.status === 200)) return undefined;
  }
  return undefined;
}

const writes = ({ method, path }: Call): boolean => method !== 'GET' && !/(search|get-latest-versions)$/.test(path);
