import { Injectable } from '@nestjs/common';
import { CommandContext, errors, JsonObject } from '../core/index.js';
import { Action } from '../http/index.js';
import { Approvable, Subject } from './port.js';

/** For kinds that are requested over HTTP by what is to be done; the others are by their own rooms' calls only. */
export interface Requestable {
  /**
   * Reads what was sent, and says what it is about.
   * @throws CustodyError naming the field, or when it needs no approval or could not be carried out
   */
  requested(
    context: CommandContext,
    action: JsonObject,
  ): Promise<{ readonly action: JsonObject; readonly subject: Subject; readonly title: string }>;
}

/** What can be approved: each room adds its kinds when it starts. */
@Injectable()
export class ApprovableKinds {
  private readonly byKind = new Map<string, Approvable & Partial<Requestable>>();

  add(approvable: Approvable & Partial<Requestable>): void {
    if (this.byKind.has(approvable.kind)) throw new Error(`two rooms offer the kind ${approvable.kind} for approval`);
    this.byKind.set(approvable.kind, approvable);
  }

  /** Of what somebody sent. @throws CustodyError kind `invalid` */
  requestable(kind: string): Requestable {
    const found = this.byKind.get(kind);
    if (found?.requested) return found as Requestable;
    const known = [...this.byKind.values()].flatMap((each) => (each.requested ? [each.kind] : []));
    throw errors.invalid('kind-unknown', `what can be requested here is ${known.sort().join(', ')}`, 'kind');
  }

  seenBy(kind: string): Action | undefined {
    return this.byKind.get(kind)?.seenBy;
  }

  confidential(): readonly { readonly kind: string; readonly seenBy: Action }[] {
    return [...this.byKind.values()].flatMap(({ kind, seenBy }) => (seenBy === undefined ? [] : [{ kind, seenBy }]));
  }

  /** Of what was recorded: another version of the server may have known it. */
  get(kind: string): Approvable {
    const found = this.byKind.get(kind);
    if (!found)
      throw errors.unavailable('kind-unavailable', `no room of this server carries out what is of the kind ${kind}`);
    return found;
  }
}
