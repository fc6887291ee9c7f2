import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EventId, Micros, Position, RecordedEvent, UserId } from '../core/index.js';
import { entryOf, MAX_ENTRY_BYTES } from './entry.js';

const event: RecordedEvent = {
  id: '0198c5c7-0000-7000-8000-000000000001' as EventId,
  type: 'RunStarted',
  schema: 2,
  data: { b: [1, 2.5], a: 'ü', nested: { z: null, y: true } },
  actor: { id: 'u-1' as UserId, kind: 'person', roles: ['analyst'], via: 'token' },
  reason: 'because',
  origin: { requestId: 'r-1' },
  correlationId: 'c-1',
  stream: 'run-1',
  revision: 0,
  position: 7 as Position,
  recordedAt: 1_767_603_600_000_001 as Micros,
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the entry of an event', () => {
  it('is the canonical JSON of its envelope with the digest of its data', () => {
    const digest = sha256('{"a":"ü","b":[1,2.5],"nested":{"y":true,"z":null}}');
    expect(entryOf(event).toString()).toBe(
      '{"actor":{"id":"u-1","kind":"person","roles":["analyst"],"via":"token"},"correlationId":"c-1",' +
        `"data_sha256":"${digest}","id":"0198c5c7-0000-7000-8000-000000000001","origin":{"requestId":"r-1"},` +
        '"reason":"because","recordedAt":1767603600000001,"revision":0,"schema":2,"stream":"run-1","type":"RunStarted"}',
    );
  });

  it('does not depend on its position, on the order of its keys or on what an adapter adds', () => {
    const { data, ...rest } = event;
    const other = {
      extra: 1,
      ...rest,
      position: 70 as Position,
      data: { nested: data['nested']!, a: 'ü', b: [1, 2.5] },
    };
    expect(entryOf(other)).toEqual(entryOf(event));
    expect(entryOf({ ...event, causationId: undefined })).toEqual(entryOf(event));
  });

  it.each<[string, Partial<RecordedEvent>]>([
    ['id', { id: '0198c5c7-0000-7000-8000-000000000002' as EventId }],
    ['type', { type: 'RunEnded' }],
    ['schema', { schema: 1 }],
    ['data', { data: { ...event.data, a: 'u' } }],
    ['actor', { actor: { ...event.actor, roles: [] } }],
    ['reason', { reason: 'because ' }],
    ['origin', { origin: { requestId: 'r-2' } }],
    ['correlation', { correlationId: 'c-2' }],
    ['causation', { causationId: 'c-1' }],
    ['stream', { stream: 'run-2' }],
    ['revision', { revision: 1 }],
    ['time', { recordedAt: 1_767_603_600_000_000 as Micros }],
  ])('is another when its %s is another', (_what, change) => {
    expect(entryOf({ ...event, ...change })).not.toEqual(entryOf(event));
  });

  it('has the digest of its context where that is too long, and still depends on all of it', () => {
    const long = { ...event, reason: 'x'.repeat(MAX_ENTRY_BYTES) };
    const entry = JSON.parse(entryOf(long).toString()) as Record<string, unknown>;
    expect(Object.keys(entry).join()).toBe('context_sha256,data_sha256,id,recordedAt,revision,schema,stream,type');
    expect(entryOf({ ...long, reason: `${long.reason}x` })).not.toEqual(entryOf(long));
    expect(entryOf({ ...long, actor: { ...long.actor, via: 'password' } })).not.toEqual(entryOf(long));
  });

  it('is at most as long as a bundle allows, up to the last byte', () => {
    const room = MAX_ENTRY_BYTES - entryOf({ ...event, reason: '' }).length;
    expect(entryOf({ ...event, reason: 'x'.repeat(room) })).toHaveLength(MAX_ENTRY_BYTES);
    expect(entryOf({ ...event, reason: 'x'.repeat(room + 1) }).length).toBeLessThan(1000);
  });
});
