import { Micros } from './clock.js';
import { Actor, EventContext, Origin, Position, START } from './envelope.js';
import { uuidv7 } from './ids.js';
import { Limits, Reach, ScopedRole } from './scope.js';

/** The latest position that a request has written; it becomes `x-custody-position`. */
export class Bookmark {
  private latest: Position = START;
  get position(): Position {
    return this.latest;
  }
  advance(position: Position): void {
    if (position > this.latest) this.latest = position;
  }
}

/** All that a command brings along besides its input: who, when, why, from where. */
export interface CommandContext extends EventContext {
  readonly now: Micros;
  readonly bookmark: Bookmark;
  /** Roles of the actor's that hold for some experiments or models only. Not recorded: the log has who was granted what. */
  readonly scoped?: readonly ScopedRole[];
  /** What a list may show the actor; everything, where there is none. */
  readonly reach?: Reach;
  /** When they showed who they are: now, or when their session began. A token says nothing of that. */
  readonly signedInAt?: Micros;
  /** What the credential is held to that they came with. */
  readonly limits?: Limits;
  /** The token that they came with, and which of its secrets. Not recorded with the event. */
  readonly token?: { readonly tokenId: string; readonly secretId: string };
  /** The browser session that the request came by. Not recorded with the event. */
  readonly sessionId?: string;
  /** When given, event ids derive from it: the same command sent twice is one write. */
  readonly idempotencyKey?: string;
}

/** The server acting by itself: bootstrap, reactors, recovery. */
export function systemContext(now: Micros, what: string, more: Partial<CommandContext> = {}): CommandContext {
  const requestId = uuidv7();
  const actor: Actor = { id: 'system' as Actor['id'], kind: 'system', roles: [], via: 'none' };
  const origin: Origin = { requestId };
  return { actor, origin, correlationId: requestId, now, reason: what, bookmark: new Bookmark(), ...more };
}
