import { setTimeout as sleep } from 'node:timers/promises';
import type { Metadata } from '@grpc/grpc-js';
import { type WireError, wireErrors } from './errors.js';

/** How an append that took effect fails to tell so. */
export type LostAnswer = 'unavailable' | 'timeout' | 'connection' | 'silence';

/**
 * What goes wrong on demand. Counters are used up call by call; flags last until they are reset. All of
 * it is plain data, so that the control interface of a separate process sets the same things.
 */
export class Faults {
  /** This many next calls of any kind answer UNAVAILABLE before they do anything. */
  unavailableCalls = 0;
  /** Each call waits this long first. */
  delayMs = 0;
  /** Calls that require the leader are sent there. */
  leader: { readonly host: string; readonly port: number } | undefined = undefined;
  accessDenied = false;
  /** This many next appends answer a timeout without having been written. */
  timedOutAppends = 0;
  /** This many next appends are written, and their answer is lost. */
  lostAnswers = 0;
  lostAnswerAs: LostAnswer = 'unavailable';
  /** This many next events of persistent subscriptions are delivered twice. */
  duplicateDeliveries = 0;
  /** Connections break after this many further events sent by reads and subscriptions. */
  dropAfterEvents = 0;
  dropConnections: () => void = () => undefined;

  /** Called first by every method. */
  async enter(metadata: Metadata): Promise<WireError | undefined> {
    if (this.delayMs > 0) await sleep(this.delayMs, undefined, { ref: false });
    if (take(this, 'unavailableCalls')) return wireErrors.unavailable();
    if (this.accessDenied) return wireErrors.accessDenied();
    const [needsLeader] = metadata.get('requires-leader');
    if (this.leader && String(needsLeader) === 'true') return wireErrors.notLeader(this.leader.host, this.leader.port);
    return undefined;
  }

  take(counter: 'unavailableCalls' | 'timedOutAppends' | 'lostAnswers' | 'duplicateDeliveries'): boolean {
    return take(this, counter);
  }

  /** Counts an event that goes out; the last one of a countdown takes the connections with it. */
  sent(): void {
    if (this.dropAfterEvents > 0 && --this.dropAfterEvents === 0) this.dropConnections();
  }

  reset(): void {
    const { dropConnections } = this;
    Object.assign(this, new Faults(), { dropConnections });
  }
}

function take<K extends string>(counters: Record<K, number>, counter: K): boolean {
  if (counters[counter] <= 0) return false;
  counters[counter] -= 1;
  return true;
}
