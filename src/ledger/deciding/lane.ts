import { CommandContext, CustodyError, Decider, DomainEvent, errors, NewEvent } from '../../core/index.js';
import { EventTooLarge, Ledger, RevisionConflict } from '../port/index.js';
import type { Settled, Written } from './decision-maker.js';

/** What a lane needs of the decision maker. */
interface Parts {
  readonly ledger: Ledger;
  readonly refresh: <S, C, E extends DomainEvent>(decider: Decider<S, C, E>) => Promise<Settled<S>>;
  readonly settle: (settled: Settled<unknown>) => void;
  readonly envelop: (events: readonly DomainEvent[], context: CommandContext) => readonly NewEvent[];
  readonly idle: () => void;
}

interface Waiting {
  readonly decider: Decider<unknown, unknown, DomainEvent>;
  readonly command: unknown;
  readonly context: CommandContext;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
}

/** One command's outcome, true once everything it was decided upon is durable. */
interface Outcome {
  readonly waiting: Waiting;
  readonly events: readonly DomainEvent[];
  readonly state: unknown;
  readonly refusal?: CustodyError;
}

const MAX_ATTEMPTS = 24;
const MAX_GROUP = 64;

/** The commands on one stream, in the order in which they came; one append under way at a time. */
export class Lane {
  private waiting: Waiting[] = [];
  private running = false;

  constructor(
    private readonly stream: string,
    private readonly parts: Parts,
  ) {}

  add<S, C, E extends DomainEvent>(
    decider: Decider<S, C, E>,
    command: C,
    context: CommandContext,
  ): Promise<Written<E, S>> {
    return new Promise<Written<E, S>>((resolve, reject) => {
      this.waiting.push({
        decider: decider as unknown as Waiting['decider'],
        command,
        context,
        resolve: resolve as Waiting['resolve'],
        reject,
        attempts: 0,
      });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const group = this.next();
      // Whatever goes wrong is told to the commands of the group; the lane goes on.
      await this.perform(group).catch((error: unknown) => group.forEach(({ reject }) => reject(error)));
    }
    this.running = false;
    this.parts.idle();
  }

  /** A command that may be a repetition goes alone: its events are known to the log by themselves or not at all. */
  private next(): readonly Waiting[] {
    const [first] = this.waiting as [Waiting];
    const alone = (each: Waiting) => each.context.idempotencyKey !== undefined || each.decider !== first.decider;
    const end = alone(first)
      ? 1
      : this.waiting.findIndex((each, index) => index === MAX_GROUP || (index > 0 && alone(each)));
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end);
  }

  private async perform(group: readonly Waiting[]): Promise<void> {
    const { decider } = group[0]!;
    const base = await this.parts.refresh(decider);
    const outcomes = decideAll(group, base.state);
    const events = outcomes.flatMap(({ events, waiting }) => this.parts.envelop(events, waiting.context));
    if (events.length === 0) return outcomes.forEach((outcome) => answer(outcome, base));
    try {
      const expected = base.revision < 0 ? 'none' : base.revision;
      const { position, repeated } = await this.parts.ledger.append(this.stream, events, expected);
      if (repeated) return await this.repeat(outcomes);
      const after = { decider, state: outcomes.at(-1)!.state, revision: base.revision + events.length, position };
      this.parts.settle(after);
      outcomes.forEach((outcome) => answer(outcome, after));
    } catch (error) {
      await this.recover(error, outcomes);
    }
  }

  private async recover(error: unknown, outcomes: readonly Outcome[]): Promise<void> {
    const group = outcomes.map(({ waiting }) => waiting);
    if (error instanceof RevisionConflict) return this.again(group);
    if (error instanceof EventTooLarge && group.length > 1) {
      for (const each of group) await this.perform([each]).catch((cause: unknown) => each.reject(cause));
      return;
    }
    // The outcome may be unknown, so nothing may be answered that relies on it. The next command reads the log.
    throw error;
  }

  /** Sent before under the same idempotency key: what counts is what was decided then. */
  private async repeat(outcomes: readonly Outcome[]): Promise<void> {
    for (const outcome of outcomes) {
      const now = await this.parts.refresh(outcome.waiting.decider);
      answer({ ...outcome, state: now.state }, now);
    }
  }

  /** Somebody else was faster: decide anew on what they did. */
  private async again(group: readonly Waiting[]): Promise<void> {
    for (const each of group) each.attempts++;
    const left = group.filter((each) => each.attempts < MAX_ATTEMPTS);
    for (const each of group) if (!left.includes(each)) each.reject(tooManyConflicts());
    this.waiting.unshift(...left);
    const { attempts = 0 } = left[0] ?? {};
    if (attempts > 3) await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * attempts));
  }
}

/** Each command on the state that the one before it leads to. */
function decideAll(group: readonly Waiting[], base: unknown): readonly Outcome[] {
  let state = base;
  return group.map((waiting): Outcome => {
    const { decider, command } = waiting;
    const decision = decider.decide(command, state);
    if (!decision.ok) return { waiting, events: [], state, refusal: new CustodyError(decision.refusal) };
    state = decision.events.reduce(decider.evolve, state);
    return { waiting, events: decision.events, state };
  });
}

/** The bookmark moves also when nothing was written: whoever reads next must see what the command saw. */
function answer({ waiting, events, state, refusal }: Outcome, { position }: Settled<unknown>): void {
  if (refusal) return waiting.reject(refusal);
  waiting.context.bookmark.advance(position);
  waiting.resolve({ events, position, state });
}

const tooManyConflicts = () =>
  errors.conflict('too-many-conflicts', 'other writers kept changing the same thing; try again');
