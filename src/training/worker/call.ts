import { Actor, Bookmark, CommandContext, Micros, RecordedEvent, UserId } from '../../core/index.js';
import type { TrainingRequest } from '../job/events.js';

/** The account under which every worker acts; for whom it acts is in `onBehalfOf`. */
export const WORKER_ACTOR = 'svc-training-worker' as UserId;

/** One delivery of one job: what is asked, and how what is done about it is traced back. */
export class Call {
  constructor(
    private readonly event: RecordedEvent,
    readonly request: TrainingRequest,
  ) {}

  /**
   * The context of one step. Its key derives from the job and the step alone, so a step that is repeated
   * by a later attempt, or by another worker, is one write.
   */
  step(name: string, now: Micros): CommandContext {
    return { ...this.context(now), idempotencyKey: `job/${this.request.jobId}/${name}` };
  }

  /** For the job's own events: the decider tells attempts apart, each of them is recorded. */
  context(now: Micros): CommandContext {
    const { id, correlationId, origin, reason } = this.event;
    const actor: Actor = {
      id: WORKER_ACTOR,
      kind: 'service',
      roles: ['analyst'],
      via: 'none',
      onBehalfOf: this.request.requestedBy as UserId,
    };
    const traced = { origin: { requestId: origin.requestId }, correlationId, causationId: id };
    return { actor, reason, ...traced, now, bookmark: new Bookmark() };
  }
}
