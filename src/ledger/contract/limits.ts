import { describe, expect, it } from '@jest/globals';
import { JsonObject } from '../../core/index.js';
import { EventTooLarge, InvalidStreamName, MAX_EVENT_BYTES } from '../port/index.js';
import { anEvent, asRecorded, fresh, ids, LedgerFactory, someEvents, useStore } from './harness.js';

/** Data whose JSON has exactly this many bytes. */
const dataOf = (bytes: number): JsonObject => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });

const HOSTILE_NAMES: readonly string[] = [
  `it's "quoted" and \`ticked\``,
  "'; DROP TABLE events; --",
  '%_*?[a-z]',
  '../../etc/passwd',
  '..',
  '/',
  'a\\b',
  ' leading and trailing ',
  'Größe-プロジェクト-проект',
  '🧪👩‍🔬',
  'e\u0301', // decomposed, and its composed twin: two streams
  '\u00e9',
  'İstanbul',
  'istanbul',
  '\u202eright to left',
  'null',
  '__proto__',
  'run-$x',
];

const HOSTILE_DATA: readonly JsonObject[] = [
  {},
  {
    none: null,
    yes: true,
    no: false,
    zero: 0,
    tiny: 5e-324,
    large: 1.7976931348623157e308,
    exact: 9007199254740991,
    third: 1 / 3,
  },
  { deep: { a: [{ b: [[], [[]], { c: {} }] }, null, 'x'] } },
  { 'Größe 🧪': '日本語 \u0000 \u2028 "\\/' },
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "": ""}') as JsonObject,
  { b: 1, a: 2, 10: 'ten', 9: 'nine' },
];

export function limits(factory: LedgerFactory): void {
  describe('limits and odd input', () => {
    const setup = useStore(factory);

    it.each([16 * 1024, MAX_EVENT_BYTES])('an event of %i bytes round trips', async (bytes) => {
      const stream = fresh('large');
      const event = anEvent({ data: dataOf(bytes) });
      await setup.ledger.append(stream, [event], 'none');
      expect(await setup.ledger.read(stream)).toEqual([asRecorded(event, stream, 0)]);
    });

    it('a larger event, a larger append, and too large a context are refused with nothing written', async () => {
      const { ledger } = setup;
      const stream = fresh('large');
      const tooLarge = [
        [anEvent({ data: dataOf(MAX_EVENT_BYTES + 1) })],
        someEvents(2, { data: dataOf(600 * 1024) }),
        [anEvent({ reason: 'r'.repeat(1100 * 1024) })],
      ];
      for (const events of tooLarge)
        await expect(ledger.append(stream, events, 'any')).rejects.toBeInstanceOf(EventTooLarge);
      expect(await ledger.read(stream)).toEqual([]);
    });

    it('half a character is refused with nothing written, and text that looks like its escape is not', async () => {
      const { ledger } = setup;
      const stream = fresh('half');
      for (const text of ['a\ud800', '\udfff', '\ud800\ud800\udc00']) {
        const append = ledger.append(stream, [anEvent(), anEvent({ data: { text } })], 'any');
        await expect(append).rejects.toMatchObject({ name: 'IllFormedText' });
      }
      const looks = { text: '\\ud800', more: '\\\\udc00', whole: '\u{10000}' };
      await ledger.append(stream, [anEvent({ data: looks })], 'any');
      expect((await ledger.read(stream)).map(({ data }) => data)).toEqual([looks]);
    });

    it('bytes count, not characters', async () => {
      const data = { text: '語'.repeat(MAX_EVENT_BYTES / 3) };
      await expect(setup.ledger.append(fresh('large'), [anEvent({ data })], 'any')).rejects.toBeInstanceOf(
        EventTooLarge,
      );
    });

    it('a stream of 10,000 events is read in pages, both ways', async () => {
      const { ledger } = setup;
      const stream = fresh('long');
      const events = someEvents(10_000);
      for (let at = 0; at < events.length; at += 500) {
        await ledger.append(stream, events.slice(at, at + 500), at === 0 ? 'none' : at - 1);
      }
      const forwards: string[] = [];
      for (let from = 0; ;) {
        const page = await ledger.read(stream, { from, limit: 777 });
        if (page.length === 0) break;
        expect(page[0]!.revision).toBe(from);
        forwards.push(...ids(page));
        from += page.length;
      }
      expect(forwards).toEqual(ids(events));
      const last = await ledger.read(stream, { direction: 'backwards', limit: 5 });
      expect(last.map(({ revision }) => revision)).toEqual([9999, 9998, 9997, 9996, 9995]);
      expect(await ledger.append(stream, [anEvent()], 9999)).toMatchObject({ revision: 10_000 });
    });

    it.each(HOSTILE_NAMES.map((name) => [name]))(
      'the stream name %j round trips and is no other stream',
      async (name) => {
        const { ledger } = setup;
        const stream = fresh(name);
        const event = anEvent();
        await ledger.append(stream, [event], 'none');
        expect(await ledger.read(stream)).toEqual([asRecorded(event, stream, 0)]);
        expect(await ledger.read(stream.toUpperCase())).toEqual([]);
      },
    );

    it('names that look alike are different streams', async () => {
      const { ledger } = setup;
      const suffix = fresh('');
      const names = HOSTILE_NAMES.map((name) => name + suffix);
      await Promise.all(names.map((name) => ledger.append(name, [anEvent({ data: { name } })], 'none')));
      for (const name of names) expect((await ledger.read(name)).map(({ data }) => data)).toEqual([{ name }]);
    });

    it('a name of 512 bytes round trips', async () => {
      const stream = fresh('long').padEnd(512, 'x');
      expect(await setup.ledger.append(stream, [anEvent()], 'none')).toMatchObject({ revision: 0 });
      expect(await setup.ledger.read(stream)).toMatchObject([{ stream }]);
    });

    it.each([[''], ['$all'], ['$ce-run'], ['a\nb'], ['a\u0000b'], ['\u007f'], ['\ud800'], ['é'.repeat(257)]])(
      'the stream name %j is refused',
      async (name) => {
        const { ledger } = setup;
        const before = await ledger.head();
        await expect(ledger.append(name, [anEvent()], 'any')).rejects.toBeInstanceOf(InvalidStreamName);
        expect(await ledger.head()).toBe(before);
      },
    );

    it.each(HOSTILE_DATA.map((data) => [data]))('data %j comes back to the letter', async (data) => {
      const stream = fresh('data');
      await setup.ledger.append(stream, [anEvent({ data })], 'none');
      const [read] = await setup.ledger.read(stream);
      expect(JSON.stringify(read!.data)).toBe(JSON.stringify(data));
    });

    it('the whole envelope comes back, sealed parts and texts in any script included', async () => {
      const stream = fresh('envelope');
      const subject = 'u-7' as never;
      const client = { subject, box: 'v1.AAAA.____' };
      const event = anEvent({
        actor: {
          id: subject,
          kind: 'service',
          roles: ['reviewer', 'admin'],
          via: 'none',
          onBehalfOf: subject,
          verified: false,
          claimedName: client,
        },
        reason: 'Grund: größer — 理由 🧪 "quoted"',
        origin: { requestId: 'r', client },
        causationId: 'c',
      });
      await setup.ledger.append(stream, [event], 'none');
      expect(await setup.ledger.read(stream)).toEqual([asRecorded(event, stream, 0)]);
    });
  });
}
