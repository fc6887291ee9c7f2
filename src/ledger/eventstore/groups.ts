import { ConsumeOptions, LedgerCorrupted, ParkedEvent } from '../port/index.js';
import {
  Client,
  eventTypeFilter,
  FROM_END,
  FROM_START,
  PersistentSubscriptionToAllSettings,
  persistentSubscriptionToAllSettingsFromDefaults,
  streamNameFilter,
  UNBOUNDED,
} from './client.js';
import { Connection } from './connection.js';
import { failureOf, StoreFailure, toPortError } from './failure.js';
import { LogScope } from './log-scope.js';
import { streamPage } from './read-call.js';
import { Reader } from './reader.js';
import { WireRecord } from './record.js';

export const DEFAULT_RETRIES = 10;
const DEFAULT_ACK_TIMEOUT_MS = 30 * 60_000;
const PAGE = 500;

/** A group exists for other event types than asked for now. The server can't change them. */
export class GroupMismatch extends Error {
  override readonly name = 'GroupMismatch';
}

interface Link {
  readonly revision: number;
  readonly stream: string;
  readonly reason: string;
}

/** Consumer groups: persistent subscriptions to `$all`, one a group. */
export class Groups {
  constructor(
    private readonly connection: Connection,
    private readonly reader: Reader,
    private readonly scope: LogScope,
  ) {}

  nameOf(group: string): string {
    return this.scope.stored(group);
  }

  /** Makes the group unless it is there. Each acknowledgement moves its checkpoint: jobs are few and long. */
  async ensure(group: string, options: ConsumeOptions): Promise<void> {
    const settings = persistentSubscriptionToAllSettingsFromDefaults({
      startFrom: options.startFrom === 'end' ? FROM_END : FROM_START,
      maxRetryCount: options.maxRetries ?? DEFAULT_RETRIES,
      messageTimeout: options.ackTimeoutMs ?? DEFAULT_ACK_TIMEOUT_MS,
      checkPointLowerBound: 1,
      checkPointAfter: 1000,
      // The server hands out retries before anything new, so one consumer with one delivery keeps the order.
      maxSubscriberCount: options.ordered ? 1 : UNBOUNDED,
    });
    const name = this.nameOf(group);
    const found = this.scope.groupFilter(options.types);
    const filter =
      'typeRegex' in found
        ? eventTypeFilter({ regex: found.typeRegex })
        : streamNameFilter({ prefixes: [...found.streamPrefixes] });
    try {
      await this.call((client) => client.api.createPersistentSubscriptionToAll(name, settings, { filter }));
    } catch (error) {
      if (failureOf(error).kind !== 'group-exists') throw error;
      await this.align(name, settings);
    }
    if ('typeRegex' in found) await this.assertTypes(name, options.types);
  }

  /** Limits may change from one version of Custody to the next; the group keeps its place. */
  private async align(name: string, wanted: PersistentSubscriptionToAllSettings): Promise<void> {
    const { settings } = await this.call((client) => client.api.getPersistentSubscriptionToAllInfo(name));
    const { maxRetryCount, messageTimeout, maxSubscriberCount } = wanted;
    const same = settings.maxRetryCount === maxRetryCount && settings.messageTimeout === messageTimeout;
    if (same && (settings.maxSubscriberCount || UNBOUNDED) === maxSubscriberCount) return;
    const changed = { ...wanted, startFrom: settings.startFrom ?? wanted.startFrom };
    await this.call((client) => client.api.updatePersistentSubscriptionToAll(name, changed));
  }

  /** The server does not tell a group's filter, so its types are kept in the metadata of a stream of its name. */
  private async assertTypes(name: string, types: readonly string[]): Promise<void> {
    const stream = `custody-group-${name}`;
    const wanted = [...types].sort();
    const { metadata } = await this.call((client) => client.api.getStreamMetadata<{ types?: string[] }>(stream));
    const present = metadata?.types;
    if (present === undefined) {
      await this.call((client) => client.api.setStreamMetadata(stream, { types: wanted }));
    } else if (JSON.stringify(present) !== JSON.stringify(wanted)) {
      throw new GroupMismatch(
        `consumer group ${name} is for events of type ${present.join(', ')}, which can't be changed to ` +
          `${wanted.join(', ')}: take a new name for the group`,
      );
    }
  }

  async parked(group: string): Promise<readonly ParkedEvent[]> {
    const links = await this.links(group);
    const parked: ParkedEvent[] = [];
    for (const { revision, stream, reason } of links) {
      const own = this.scope.own(stream);
      const [event] = own === undefined ? [] : await this.reader.stream(own, { from: revision, limit: 1 });
      if (!event) throw new LedgerCorrupted(`group ${group} has parked event ${revision} of ${stream}, which is gone`);
      parked.push({ event, reason });
    }
    return parked;
  }

  async replayParked(group: string): Promise<number> {
    const { length } = await this.links(group);
    if (length === 0) return 0;
    await this.call((client) => client.api.replayParkedMessagesToAll(this.nameOf(group)));
    return length;
  }

  /** Parked events are links in a stream of the server's, cut off in front when they are replayed. */
  private async links(group: string): Promise<readonly Link[]> {
    const stream = `$persistentsubscription-$all::${this.nameOf(group)}-parked`;
    const links: Link[] = [];
    for (let from: number | undefined = undefined; ;) {
      const page: { link: Link; at: number }[] = [];
      const take = (record: WireRecord): void => {
        page.push({ link: linkOf(record), at: Number(record.getStreamRevision()) });
      };
      await this.reader.records(streamPage(stream, from, 'forwards', PAGE), take, () => void (page.length = 0));
      links.push(...page.map(({ link }) => link));
      if (page.length < PAGE) return links;
      from = page.at(-1)!.at + 1;
    }
  }

  /** For calls that do no harm when they happen twice. */
  private async call<T>(call: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await this.connection.persist(call);
    } catch (error) {
      const known = error instanceof StoreFailure && error.kind !== 'group-exists';
      throw known ? toPortError(error) : error;
    }
  }
}

/** The server puts words of its own before the reason that a client gave. */
const PREFIX = /^Client explicitly NAK'ed message\.\s*/;

function linkOf(record: WireRecord): Link {
  const target = Buffer.from(record.getData_asU8()).toString();
  const at = target.indexOf('@');
  const { reason = '' } = JSON.parse(Buffer.from(record.getCustomMetadata_asU8()).toString()) as { reason?: string };
  return {
    revision: Number(target.slice(0, at)),
    stream: target.slice(at + 1),
    reason: reason.replace(PREFIX, ''),
  };
}
