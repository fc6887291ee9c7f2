import type * as Pb from '@eventstore/db-client/generated/persistent_pb.js';
import { type EventFilter, filterOf } from './filter.js';
import { Group, type GroupSettings } from './group.js';
import type { EventLog } from './log.js';
import { persistent, streamName } from './wire.js';

/** What is kept of a group; the filter as the bytes it came in. */
interface StoredGroup {
  readonly source: string;
  readonly name: string;
  readonly settings: GroupSettings;
  readonly startAfter: number;
  readonly filter?: string;
}

const CONFIG_STREAM = '$persistentSubscriptionConfig';
const TICK_MS = 50;

type Named = { hasAll(): boolean; getStreamIdentifier(): Parameters<typeof streamName>[0]; getGroupName(): string };

/** All persistent subscriptions; their configuration is in the log, as on the server. */
export class Groups {
  private readonly groups = new Map<string, Group>();
  private readonly stored = new Map<string, StoredGroup>();
  private readonly log: EventLog;
  private readonly ticker: NodeJS.Timeout;
  private readonly onAppend = (): void => {
    for (const group of this.groups.values()) group.pump();
  };

  constructor(log: EventLog) {
    this.log = log;
    const config = log.readable(CONFIG_STREAM)?.at(-1);
    for (const entry of config ? (JSON.parse(config.data.toString()) as StoredGroup[]) : []) this.open(entry);
    log.changes.on('appended', this.onAppend);
    this.ticker = setInterval(() => this.all.forEach((group) => group.tick()), TICK_MS).unref();
  }

  get all(): readonly Group[] {
    return [...this.groups.values()];
  }

  close(): void {
    clearInterval(this.ticker);
    this.log.changes.off('appended', this.onAppend);
  }

  find(options: Named): Group | undefined {
    return this.groups.get(keyOf(options));
  }

  create(options: Pb.CreateReq.Options): void {
    const settings = settingsOf(options);
    const source = sourceOf(options);
    const filter = options.getAll()?.getFilter();
    this.open({
      source,
      name: options.getGroupName(),
      settings,
      startAfter: settings.startFrom < 0 ? this.endOf(source) : settings.startFrom - 1,
      ...(filter && { filter: Buffer.from(filter.serializeBinary()).toString('base64') }),
    });
    this.save();
  }

  /** The server starts an updated group anew: whoever is connected is dropped. */
  update(options: Pb.UpdateReq.Options): void {
    const key = keyOf(options);
    const group = this.groups.get(key)!;
    group.settings = settingsOf(options);
    this.stored.set(key, { ...this.stored.get(key)!, settings: group.settings });
    for (const subscriber of [...group.subscribers.keys()]) subscriber.drop();
    this.save();
  }

  delete(options: Pb.DeleteReq.Options): void {
    const key = keyOf(options);
    this.groups.get(key)!.delete();
    this.groups.delete(key);
    this.stored.delete(key);
    this.save();
  }

  private open(entry: StoredGroup): void {
    const key = `${entry.source}::${entry.name}`;
    this.stored.set(key, entry);
    this.groups.set(key, new Group(this.log, entry, filterFrom(entry.filter)));
  }

  private save(): void {
    this.log.writeSystemEvent(CONFIG_STREAM, '$PersistentConfig', [...this.stored.values()]);
  }

  private endOf(source: string): number {
    if (source === '$all') return this.log.all.at(-1)?.position ?? -1;
    return this.log.currentRevision(source) ?? -1;
  }
}

function filterFrom(bytes: string | undefined): EventFilter | undefined {
  if (bytes === undefined) return undefined;
  return filterOf(persistent.CreateReq.AllOptions.FilterOptions.deserializeBinary(Buffer.from(bytes, 'base64')));
}

export const sourceOf = (options: Named): string => (options.hasAll() ? '$all' : nameIn(options));

export const keyOf = (options: Named): string => `${sourceOf(options)}::${options.getGroupName()}`;

/** Requests name the stream in their stream options, older ones beside them. */
function nameIn(options: Named): string {
  const within = (
    options as { getStream?: () => { getStreamIdentifier(): Parameters<typeof streamName>[0] } | undefined }
  ).getStream?.();
  return streamName(within?.getStreamIdentifier() ?? options.getStreamIdentifier());
}

function settingsOf(options: Pb.CreateReq.Options | Pb.UpdateReq.Options): GroupSettings {
  const settings = options.getSettings()!;
  return {
    resolveLinks: settings.getResolveLinks(),
    messageTimeoutMs: settings.getMessageTimeoutMs(),
    maxRetryCount: settings.getMaxRetryCount(),
    checkpointAfterMs: settings.getCheckpointAfterMs(),
    minCheckpointCount: settings.getMinCheckpointCount(),
    maxCheckpointCount: settings.getMaxCheckpointCount(),
    maxSubscriberCount: settings.getMaxSubscriberCount(),
    liveBufferSize: settings.getLiveBufferSize(),
    readBatchSize: settings.getReadBatchSize(),
    historyBufferSize: settings.getHistoryBufferSize(),
    startFrom: startOf(options),
  };
}

function startOf(options: Pb.CreateReq.Options | Pb.UpdateReq.Options): number {
  const all = options.getAll();
  if (all) return all.hasEnd() ? -1 : all.hasPosition() ? Number(all.getPosition()!.getCommitPosition()) : 0;
  const stream = options.getStream();
  return stream?.hasEnd() ? -1 : stream?.hasRevision() ? Number(stream.getRevision()) : 0;
}
