import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Bookmark, CommandContext, CustodyError, errors, Position, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { RepeatedDenials } from '../alerts/repeated-denials.js';
import { AccessDenied, AccessEvent, accessStream, SignedIn, SignInFailed, SignInFailure } from './events.js';

const HOUR_MICROS = 3_600_000_000;
const REMEMBERED = 50_000;

/**
 * Writes down who signed in, who could not, and what was refused, each before it is answered. When that
 * can't be written, nothing is answered but "unavailable": the trail can't be switched off by breaking it.
 */
@Injectable()
export class AccessTrail {
  private readonly signIns = new LRUCache<string, { readonly hour: number; readonly written: Promise<void> }>({
    max: REMEMBERED,
  });
  private readonly bookmark = new Bookmark();

  /** Since this server started; the trail itself has all of them, with who and when. */
  readonly counts = {
    signIns: new Map<string, number>(),
    refusedSignIns: new Map<string, number>(),
    denials: new Map<string, number>(),
  } as const;

  constructor(
    private readonly decisions: DecisionMaker,
    private readonly repeated: RepeatedDenials,
  ) {}

  /** Everything this server has written to the trail so far. A reader of the trail should wait for it. */
  get position(): Position {
    return this.bookmark.position;
  }

  /** Whoever is refused has no answer to carry the position of what was written about it. */
  saw({ bookmark }: CommandContext): void {
    this.bookmark.advance(bookmark.position);
  }

  async denied(context: CommandContext, data: AccessDenied['data']): Promise<void> {
    countOne(this.counts.denials, data.code);
    await this.write(context, { type: 'AccessDenied', data });
    await this.repeated.denied(context);
    this.saw(context);
  }

  signInFailed(context: CommandContext, data: SignInFailed['data']): Promise<void> {
    countOne(this.counts.refusedSignIns, data.why);
    return this.write(context, { type: 'SignInFailed', data });
  }

  /** One of those that are told together. */
  signInCounted(why: SignInFailure): void {
    countOne(this.counts.refusedSignIns, why);
  }

  unknownLoginProbed(context: CommandContext, failures: number): Promise<void> {
    return this.write(context, { type: 'UnknownLoginProbed', data: { failures } });
  }

  /** Once for an account, way and hour. Requests that come meanwhile wait for the same write. */
  signedIn(context: CommandContext, userId: UserId, via: SignedIn['data']['via'], tokenId?: string): Promise<void> {
    const key = tokenId ?? `${via}:${userId}`;
    const hour = Math.floor(context.now / HOUR_MICROS);
    const known = this.signIns.get(key);
    if (known?.hour === hour) return known.written;
    const data = { userId, via, ...(tokenId === undefined ? {} : { tokenId }) };
    countOne(this.counts.signIns, via);
    const written = this.write(context, { type: 'SignedIn', data });
    this.signIns.set(key, { hour, written });
    written.catch(() => this.signIns.delete(key));
    return written;
  }

  private async write(context: CommandContext, event: AccessEvent): Promise<void> {
    // Every try is an event of its own, also when a command is sent twice under one idempotency key.
    const each = { ...context, bookmark: this.bookmark, idempotencyKey: undefined };
    try {
      await this.decisions.record(accessStream(context.now), [event], each);
    } catch (cause) {
      throw unwritable(cause);
    }
  }
}

const countOne = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

function unwritable(cause: unknown): CustodyError {
  const error = errors.unavailable(
    'trail-unavailable',
    'the audit trail can’t be written now, so nothing is answered; try again later',
  );
  error.cause = cause;
  return error;
}
