import { Clock, never, Position } from '../../core/index.js';
import { AppendResult, IdempotencyViolation, RevisionConflict } from '../port/index.js';
import { AppendRequest, Outcome } from './group.js';
import { Writer } from './writer.js';

/** Bounds the memory and the time of one commit. */
const MAX_GROUP = 256;

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One fsync for all appends that wait for one. While a commit is under way the next group gathers; each
 * append of a group has its own outcome, and only a failed commit fails them all.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private committing: Promise<void> | undefined;

  /** `committed` is called after each commit, before the appends are answered. */
  constructor(
    private readonly writer: Writer,
    private readonly clock: Clock,
    private readonly committed: () => void,
  ) {}

  append(request: AppendRequest): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.committing ??= this.commitAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.committing;
  }

  private async commitAll(): Promise<void> {
    // The requests of one turn of the event loop belong together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting.slice(0, MAX_GROUP);
      this.waiting = this.waiting.slice(MAX_GROUP);
      await this.commit(group);
    }
    this.committing = undefined;
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.writer.write({
        now: this.clock.now(),
        requests: group.map(({ request }) => request),
      });
      this.committed();
      group.forEach((waiting, index) => answer(waiting, outcomes[index]!));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

function answer({ request, resolve, reject }: Waiting, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'appended': {
      const { revision, position, repeated } = outcome;
      return resolve({ revision, position: position as Position, repeated });
    }
    case 'conflict':
      return reject(new RevisionConflict(request.stream, request.expected, outcome.actual));
    case 'violation':
      return reject(new IdempotencyViolation(request.stream, outcome.id));
    default:
      return never(outcome);
  }
}
