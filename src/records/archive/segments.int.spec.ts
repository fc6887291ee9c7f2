import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock, Micros, NewEvent, RecordedEvent, UserId, uuidv7, EventId } from '../../core/index.js';
import { CompactTree } from '../../evidence/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { eventsOfSegments, SegmentRead } from './read-segments.js';
import { base64, leafOf, segmentLines, Written } from './segment.js';

const event = (n: number): NewEvent => ({
  id: uuidv7() as EventId,
  type: 'MetricsLogged',
  schema: 1,
  actor: { id: 'u-1' as UserId, kind: 'person', roles: [], via: 'token' },
  origin: { requestId: `r-${n}` },
  correlationId: `r-${n}`,
  data: { value: n, text: 'Ünïcödé\u2028' },
});

describe('archived segments', () => {
  let folder: string;
  let log: readonly RecordedEvent[];
  let lines: string[];
  let files: readonly [string, string];

  const write = async (name: string, segment: number, from: number, to: number): Promise<string> => {
    const tree = CompactTree.empty();
    for (const each of log.slice(0, from)) tree.append(leafOf(each));
    let written: Written | undefined;
    const out: Buffer[] = [];
    const events = (async function* () {
      yield* log.slice(from, to);
    })();
    const head = { segment, first: from, start: base64(tree.hashes()) };
    for await (const piece of segmentLines(head, events, (end) => (written = end))) out.push(piece);
    expect(written).toMatchObject({ events: to - from, size: to });
    const file = join(folder, name);
    writeFileSync(file, Buffer.concat(out));
    return file;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'custody-segments-'));
    const clock = new FixedClock();
    const ledger = new MemoryLedger(clock);
    for (let n = 0; n < 9; n++) {
      await ledger.append(`run-${n % 2}`, [event(n)], 'any');
      clock.advance(1000);
    }
    log = await ledger.readAll({ limit: 100 });
    await ledger.close();
    files = [await write('one', 1, 0, 5), await write('two', 2, 5, 9)];
    const { readFileSync } = await import('node:fs');
    lines = readFileSync(files[0], 'utf8').trimEnd().split('\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const read = async (...given: readonly string[]) => {
    const found: unknown[] = [];
    for await (const each of eventsOfSegments(given)) found.push(each);
    return found;
  };
  const changed = (change: (text: string[]) => string[]): string => {
    const file = join(folder, 'changed');
    writeFileSync(file, change(lines).join('\n'));
    return file;
  };

  it('give back the events as they were recorded, and lead to the root of the whole log', async () => {
    const ends: SegmentRead[] = [];
    const found: unknown[] = [];
    for await (const each of eventsOfSegments(files, { onSegment: (end) => ends.push(end) })) found.push(each);
    expect(found).toEqual(log.map(({ position: _, ...envelope }) => JSON.parse(JSON.stringify(envelope)) as unknown));
    const tree = CompactTree.empty();
    for (const each of log) tree.append(leafOf(each));
    expect(ends.map(({ end }) => end.size)).toEqual([5, 9]);
    expect(ends[1]!.end.root).toBe(tree.root().toString('base64'));
  });

  it.each<[string, (text: string[]) => string[], RegExp]>([
    [
      'a changed event',
      (text) => text.with(3, text[3]!.replace('"value":2', '"value":3')),
      /event 2 in .* was changed/,
    ],
    [
      'a back-dated event',
      (text) => text.with(3, text[3]!.replace(/"recordedAt":\d+/, '"recordedAt":1')),
      /event 2 in .* was changed/,
    ],
    ['a deleted event', (text) => text.toSpliced(3, 1), /has 4 events, and says 5/],
    ['two events in another order', (text) => text.with(3, text[4]!).with(4, text[3]!), /dated before/],
    ['an event put in twice', (text) => text.toSpliced(3, 0, text[3]!), /has 6 events, and says 5/],
    ['a cut file', (text) => text.slice(0, -1), /cut short/],
    ['half a line', (text) => text.with(-1, text.at(-1)!.slice(0, 40)), /no JSON object/],
    [
      'a line that is no event',
      (text) => text.with(3, '{"event":{},"leaf":"x"}'),
      /event 2 in .* was changed|no whole event/,
    ],
    [
      'another root',
      (text) => text.with(-1, text.at(-1)!.replace(/"root":"./, '"root":"-')),
      /do not lead to the root/,
    ],
    [
      'another edge',
      (text) => text.with(-1, text.at(-1)!.replace(/"hashes":\["./, '"hashes":["-')),
      /do not lead to the root/,
    ],
    [
      'another beginning',
      (text) => text.with(0, text[0]!.replace('"first":0', '"first":1')),
      /does not say what it continues/,
    ],
    ['more after the end', (text) => [...text, text[3]!], /goes on after its end/],
    [
      'another format',
      (text) => text.with(0, text[0]!.replace('custody-segment/1', 'custody-segment/2')),
      /is no archived segment/,
    ],
    ['an empty file', () => [], /is no archived segment/],
  ])('tell of %s', async (_what, change, message) => {
    await expect(read(changed(change))).rejects.toThrow(message);
  });

  it('tell of an event that was changed together with its hash, by the tree', async () => {
    const file = changed((text) => {
      const line = JSON.parse(text[3]!) as { event: RecordedEvent; leaf: string };
      const other = { ...line.event, data: { value: 99 } };
      return text.with(3, JSON.stringify({ event: other, leaf: leafOf(other).toString('base64') }));
    });
    await expect(read(file)).rejects.toThrow(/do not lead to the root/);
  });

  it('tell of one that is missing, in another order, put in twice or of another log', async () => {
    const [one, two] = files;
    for (const wrong of [
      [two, one],
      [one, one],
    ])
      await expect(read(...wrong)).rejects.toThrow(/missing or put in twice/);
    const other = changed((text) => text.with(3, text[3]!).slice(0, 1));
    await expect(read(other)).rejects.toThrow(/cut short/);
    const stranger = join(folder, 'stranger');
    log = log.with(0, { ...log[0]!, recordedAt: (log[0]!.recordedAt - 1) as Micros });
    await write('stranger', 2, 5, 9);
    await expect(read(one, stranger)).rejects.toThrow(/does not continue/);
  });

  it('are wanted from the first on where the log is made again', async () => {
    const all = async () => {
      for await (const _ of eventsOfSegments([files[1]], { fromTheFirst: true }));
    };
    await expect(all()).rejects.toThrow(/the segments before it are missing/);
  });
});
