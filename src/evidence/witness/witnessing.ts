import { Checkpoint, parseCheckpoint } from '../checkpoint.js';
import { splitNote } from '../note/index.js';
import { askWitness, WitnessOutcome, WitnessProblem } from './ask-witness.js';
import { Policy, PolicyWitness, reachesQuorum } from './policy.js';
import { Caller, CheckpointFollower, CosignedCheckpoints, Issued, TreeProofs, WitnessingLog } from './port.js';

export interface WitnessingOptions {
  readonly policy: Policy;
  readonly tree: TreeProofs;
  readonly checkpoints: CosignedCheckpoints;
  readonly caller: Caller;
  readonly log: WitnessingLog;
  /** For one witness, with all that it takes to catch up. */
  readonly timeoutMs: number;
  /** How soon those that were away are asked again about the same checkpoint. */
  readonly retryMs: number;
  /** A witness has seen another history of this log than this. May be told of the same again. */
  readonly onContradiction?: (found: Contradiction) => void;
}

export interface Contradiction {
  readonly witness: string;
  /** Of the checkpoint that it was asked about. */
  readonly size: number;
  readonly words: string;
}

export interface WitnessStatus {
  readonly name: string;
  readonly url?: string;
  readonly vkey: string;
  /** The last checkpoint of this log that it cosigned since this server started. */
  readonly cosigned?: { readonly size: number; readonly at: string };
  /** What went wrong when it was asked last. */
  readonly problem?: { readonly kind: WitnessProblem; readonly words: string };
}

export interface WitnessingStatus {
  readonly quorum: string;
  /** Of the newest checkpoint. */
  readonly size?: number;
  readonly quorumReached: boolean;
  /** Size of the last checkpoint that enough witnesses cosigned, since this server started. */
  readonly lastQuorumSize?: number;
  readonly witnesses: readonly WitnessStatus[];
}

type Problem = Exclude<WitnessOutcome, { kind: 'cosigned' }>;
type Reachable = PolicyWitness & { readonly url: string };
interface Round {
  readonly number: number;
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly cosigned: Set<string>;
  reported: boolean;
}

/**
 * Collects cosignatures for each checkpoint of the log, beside everything else: the log never waits for a
 * witness. Only the newest checkpoint matters, since it covers all before it; who was away is asked again.
 */
export class Witnessing implements CheckpointFollower {
  private readonly ended = new AbortController();
  private readonly witnesses = new Map<string, { from: number; status: WitnessStatus }>();
  private readonly reachable: readonly Reachable[];
  private next: Round | undefined;
  private current: Round | undefined;
  private lastQuorumSize: number | undefined;
  private running: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: WitnessingOptions) {
    for (const { name, url, vkey } of options.policy.witnesses) {
      this.witnesses.set(name, { from: 0, status: { name, vkey, ...(url === undefined ? {} : { url }) } });
    }
    this.reachable = options.policy.witnesses.filter((witness): witness is Reachable => witness.url !== undefined);
  }

  issued({ number, note }: Issued): void {
    const checkpoint = parseCheckpoint(splitNote(note).text);
    this.start({ number, note, checkpoint, cosigned: new Set(), reported: false });
  }

  /** Until nothing is under way; for a checkpoint that was asked for, and for a shutdown. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  async stop(): Promise<void> {
    clearTimeout(this.retry);
    this.next = undefined;
    this.ended.abort();
    await this.idle();
  }

  status(): WitnessingStatus {
    const { policy } = this.options;
    const { current, lastQuorumSize } = this;
    return {
      quorum: policy.quorum,
      ...(current ? { size: current.checkpoint.size } : {}),
      quorumReached: current !== undefined && reachesQuorum(policy, current.cosigned),
      ...(lastQuorumSize === undefined ? {} : { lastQuorumSize }),
      witnesses: [...this.witnesses.values()].map(({ status }) => status),
    };
  }

  private start(round: Round): void {
    if (this.ended.signal.aborted) return;
    clearTimeout(this.retry);
    this.next = round;
    this.running ??= this.work().finally(() => (this.running = undefined));
  }

  private async work(): Promise<void> {
    for (let round = this.next; round; round = this.next) {
      this.next = undefined;
      this.current = round;
      await this.ask(round);
      this.report(round);
    }
  }

  private async ask(round: Round): Promise<void> {
    const left = this.reachable.filter(({ name }) => !round.cosigned.has(name));
    await Promise.all(left.map((witness) => this.askOne(witness, round)));
  }

  private async askOne(witness: Reachable, round: Round): Promise<void> {
    const { tree, caller, timeoutMs } = this.options;
    const known = this.witnesses.get(witness.name)!;
    const signal = AbortSignal.any([this.ended.signal, AbortSignal.timeout(timeoutMs)]);
    const { note, checkpoint } = round;
    const outcome = await askWitness({ witness, note, from: known.from, tree, caller, signal })
      .then((found) => this.kept(found, witness, round))
      .catch((error: Error): WitnessOutcome => ({ kind: 'away', words: `this server has trouble: ${error.message}` }));
    if (this.ended.signal.aborted) return;
    const { problem: before, ...rest } = known.status;
    if (outcome.kind === 'cosigned') {
      known.from = checkpoint.size;
      const at = new Date(outcome.unixSeconds * 1000).toISOString();
      known.status = { ...rest, cosigned: { size: checkpoint.size, at } };
    } else {
      known.status = { ...rest, problem: outcome };
      this.tell(witness, outcome, checkpoint.size, before?.kind !== outcome.kind);
    }
  }

  /** Stored at once: a slow witness does not keep the cosignatures of the others waiting. */
  private kept(outcome: WitnessOutcome, { name }: Reachable, round: Round): WitnessOutcome {
    if (outcome.kind !== 'cosigned') return outcome;
    this.options.checkpoints.addCosignatures(round.number, [outcome.line]);
    round.cosigned.add(name);
    return outcome;
  }

  private tell({ name, url }: Reachable, { kind: problem, words }: Problem, size: number, isNew: boolean): void {
    const facts = { witness: name, url, problem, words };
    if (problem === 'split-view' || problem === 'ahead') {
      const line = `witness ${name} has seen another history of this log: ${words}`;
      this.options.log.error(facts, line);
      this.options.onContradiction?.({ witness: name, size, words: line });
    } else if (isNew) {
      // Once, not at each try: a witness that is away for a day is one line.
      this.options.log.warn(facts, `witness ${name} did not cosign: ${words}`);
    }
  }

  private report(round: Round): void {
    const { policy, log, retryMs } = this.options;
    const { cosigned, checkpoint } = round;
    if (reachesQuorum(policy, cosigned)) {
      this.lastQuorumSize = checkpoint.size;
      const facts = { size: checkpoint.size, witnesses: [...cosigned] };
      if (!round.reported) log.info(facts, `checkpoint of ${checkpoint.size} entries has its quorum of witnesses`);
      round.reported = true;
    }
    const left = this.reachable.some(({ name }) => !cosigned.has(name));
    if (!left || this.ended.signal.aborted || this.next) return;
    this.retry = setTimeout(() => this.start(round), retryMs).unref();
  }
}
