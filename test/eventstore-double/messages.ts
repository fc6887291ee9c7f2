import type * as PersistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import type * as StreamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { EventLog } from './log.js';
import type { LogRecord } from './log-record.js';
import { empty, LONG_MAX, persistent, streamIdentifier, streams, uuid } from './wire.js';

type WireRecord = StreamsPb.ReadResp.ReadEvent.RecordedEvent | PersistentPb.ReadResp.ReadEvent.RecordedEvent;

/** An event, and the link that led to it, as a reader asked for them. */
export interface Resolved {
  readonly event?: LogRecord;
  readonly link?: LogRecord;
}

export const original = (resolved: Resolved): LogRecord => (resolved.link ?? resolved.event)!;

/** `12@run-7` → the event it names; a link to a stream that is gone resolves to nothing. */
export function resolve(log: EventLog, record: LogRecord, resolveLinks: boolean): Resolved {
  if (!resolveLinks || record.type !== '$>') return { event: record };
  const text = record.data.toString();
  const at = text.indexOf('@');
  const event = log.record(text.slice(at + 1), Number(text.slice(0, at)));
  return event ? { event, link: record } : { link: record };
}

/** As on the server, a resolved event carries the position of the link that led to it. */
function fill<M extends WireRecord>(message: M, record: LogRecord, position: number): M {
  message.setId(uuid(record.id));
  message.setStreamIdentifier(streamIdentifier(record.stream));
  message.setStreamRevision(record.type === '$streamDeleted' ? LONG_MAX : String(record.revision));
  message.setCommitPosition(String(position));
  message.setPreparePosition(String(position));
  message.getMetadataMap().set('type', record.type);
  message.getMetadataMap().set('created', String(record.created));
  message.getMetadataMap().set('content-type', record.isJson ? 'application/json' : 'application/octet-stream');
  message.setData(record.data);
  message.setCustomMetadata(record.metadata);
  return message;
}

export function readEvent(resolved: Resolved): StreamsPb.ReadResp {
  const { ReadEvent } = streams.ReadResp;
  const message = new ReadEvent();
  const { position } = original(resolved);
  if (resolved.event) message.setEvent(fill(new ReadEvent.RecordedEvent(), resolved.event, position));
  if (resolved.link) message.setLink(fill(new ReadEvent.RecordedEvent(), resolved.link, position));
  message.setCommitPosition(String(position));
  const response = new streams.ReadResp();
  response.setEvent(message);
  return response;
}

export function persistentEvent(resolved: Resolved, retries: number): PersistentPb.ReadResp {
  const { ReadEvent } = persistent.ReadResp;
  const message = new ReadEvent();
  const { position } = original(resolved);
  if (resolved.event) message.setEvent(fill(new ReadEvent.RecordedEvent(), resolved.event, position));
  if (resolved.link) message.setLink(fill(new ReadEvent.RecordedEvent(), resolved.link, position));
  message.setCommitPosition(String(position));
  if (retries > 0) message.setRetryCount(retries);
  else message.setNoRetryCount(empty());
  const response = new persistent.ReadResp();
  response.setEvent(message);
  return response;
}
