import { beforeAll, describe, expect, it } from '@jest/globals';
import { RecordedEvent } from '../../core/index.js';
import { lineOf } from '../bundle/line.js';
import { MemoryBundle } from '../bundle/testing/memory-bundle.js';
import { parseVkey } from '../note/index.js';
import { bundleOf, checkpointAt, digestsIn, KEY, OTHER_KEY, recorded, sha256, story } from './testing/story.js';
import { verifyBundle, VerifyOptions } from './verify-bundle.js';

const GIVEN: VerifyOptions = { keys: [parseVkey(KEY.vkey)], digestsIn };
const verify = (bundle: MemoryBundle, options: VerifyOptions = {}) => verifyBundle(bundle, { ...GIVEN, ...options });

let whole: MemoryBundle;
beforeAll(async () => {
  whole = await bundleOf(story());
});
const copy = () => MemoryBundle.of(whole.files);

/** Replaces the lines of the first file of events. */
function edit(
  bundle: MemoryBundle,
  change: (lines: string[]) => string[],
  path = 'events/000001.ndjson',
): MemoryBundle {
  const lines = bundle.files.get(path)!.toString().split('\n').slice(0, -1);
  return (
    bundle.files.set(
      path,
      Buffer.from(
        change(lines)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    ),
    bundle
  );
}

const rewritten = (line: string, change: Partial<RecordedEvent>): string =>
  lineOf({ ...(JSON.parse(line) as RecordedEvent), ...change })
    .toString()
    .trimEnd();

describe('a bundle that nobody has touched', () => {
  it('holds, and tells what was checked and by whose key', async () => {
    const report = await verify(copy());
    expect(report).toMatchObject({ holds: true, found: 0, events: 12, signatures: 2, notes: [] });
    expect(report.artifacts).toEqual({ checked: 1, bytes: 18 });
    expect(report.checkpoints.map(({ size, trust }) => [size, trust])).toEqual([
      [5, 'given'],
      [9, 'given'],
      [12, 'given'],
      [12, 'given'],
    ]);
  });

  it('is trusted less when its key came along with it', async () => {
    const report = await verifyBundle(copy(), { digestsIn });
    expect(report.holds).toBe(true);
    expect(new Set(report.checkpoints.map(({ trust }) => trust))).toEqual(new Set(['came-along']));
  });

  it('holds for an empty log, and for one with full tiles', async () => {
    const empty = await bundleOf([]);
    expect(await verify(empty)).toMatchObject({ holds: true, events: 0 });
    const many = recorded(
      Array.from({ length: 700 }, (_, index) => ({ stream: `run-${index % 7}`, type: 'Noted', data: { index } })),
    );
    expect(await verify(await bundleOf(many))).toMatchObject({ holds: true, events: 700 });
  });
});

it('notices every byte that is flipped, one after the other', async () => {
  const small = await bundleOf(story().slice(0, 5), { checkpoints: [checkpointAt(story(), 5)], eventsPerFile: 3 });
  const unnoticed: string[] = [];
  for (const [path, bytes] of small.files) {
    for (let at = 0; at < bytes.length; at++) {
      const bundle = MemoryBundle.of(small.files);
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 0x01;
      bundle.files.set(path, changed);
      const holds = await verifyBundle(bundle, { digestsIn }).then(
        (report) => report.holds,
        (error: Error) => `${error.name}: ${error.message}`,
      );
      if (holds === true || (typeof holds === 'string' && !holds.startsWith('NotABundle')))
        unnoticed.push(`${path}@${at} ${holds}`);
    }
  }
  expect(unnoticed).toEqual([]);
}, 300_000);

describe('an event', () => {
  it('that was changed is named, with what was changed in it', async () => {
    const bundle = edit(copy(), (lines) => lines.with(2, rewritten(lines[2]!, { reason: 'nothing to see', data: {} })));
    const { holds, first } = await verify(bundle);
    expect(holds).toBe(false);
    expect(first).toMatchObject({ event: 3, code: 'event-altered', type: 'MetricsLogged' });
    expect(first!.message).toContain('event 3 (MetricsLogged in run-1, revision 2)');
    expect(first!.message).toContain('another data, reason');
  });

  it('that was deleted is named by what stands in its place', async () => {
    const { first } = await verify(edit(copy(), (lines) => lines.toSpliced(2, 1)));
    expect(first).toMatchObject({ event: 3 });
    expect(first!.message).toMatch(/an event of the stream was removed|put in, taken out or moved/);
  });

  it('that was put in is named', async () => {
    const inserted = (line: string) => rewritten(line, { id: 'made-up' as RecordedEvent['id'] });
    const { first } = await verify(edit(copy(), (lines) => lines.toSpliced(2, 0, inserted(lines[2]!))));
    expect(first).toMatchObject({ event: 3, id: 'made-up' });
  });

  it('that changed places with another is named', async () => {
    const { first } = await verify(edit(copy(), ([a, b, c, ...rest]) => [a!, c!, b!, ...rest]));
    expect(first).toMatchObject({ event: 2 });
  });

  it('that was dated back is named', async () => {
    const bundle = edit(copy(), (lines) => lines.with(3, rewritten(lines[3]!, { recordedAt: 1 as never })));
    const { findings } = await verify(bundle);
    expect(findings.map(({ event, code }) => [event, code])).toContainEqual([4, 'back-dated']);
    expect(findings[0]).toMatchObject({ event: 4 });
  });

  it('that is repeated is named', async () => {
    const { findings } = await verify(edit(copy(), (lines) => [...lines, lines[4]!]));
    expect(findings.map(({ code }) => code)).toContain('id-repeated');
  });
});

describe('a log that was made anew by somebody without the key', () => {
  const forged = () =>
    story().map((event, index) => (index === 6 ? { ...event, data: { ...event.data, more: 1 } } : event));

  it('does not have the root that was signed, and the last good checkpoint narrows it down', async () => {
    const bundle = await bundleOf(forged());
    for (const [path, bytes] of whole.files)
      if (path.startsWith('checkpoints/') || path === 'log/checkpoint') bundle.files.set(path, bytes);
    const { holds, findings } = await verify(bundle);
    expect(holds).toBe(false);
    expect(findings.map(({ message }) => message).join('\n')).toContain(
      'the log is not as checkpoints/000000000009.txt says, which was right up to event 5: among events 6 to 9',
    );
  });

  it('and signed anew with another key is told by the key that was given', async () => {
    const events = forged();
    const checkpoints = [checkpointAt(events, 12, [OTHER_KEY])];
    const bundle = await bundleOf(events, { checkpoints, keys: [OTHER_KEY.vkey] });
    expect((await verifyBundle(bundle, { digestsIn })).holds).toBe(true);
    const { first } = await verify(bundle);
    expect(first).toMatchObject({ code: 'key-unknown' });
    expect(first!.message).toContain('by none of the keys that you gave');
  });

  it('is told by an earlier checkpoint that somebody kept', async () => {
    const events = forged();
    const bundle = await bundleOf(events);
    const kept = { label: 'kept.txt', note: Buffer.from(checkpointAt(story(), 9)) };
    const { findings } = await verify(bundle, { checkpoints: [kept] });
    expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['root-differs', 'split-view']));
    expect(findings.map(({ message }) => message).join('\n')).toContain('two servers sign for this log');
  });
});

describe('what is missing or cut short', () => {
  it('is told when the log ends before what was signed', async () => {
    const shorter = await bundleOf(story().slice(0, 9));
    const kept = { label: 'kept.txt', note: Buffer.from(checkpointAt(story(), 12)) };
    const { first } = await verify(shorter, { checkpoints: [kept] });
    expect(first).toMatchObject({ code: 'log-cut-short', event: 10 });
  });

  it('is a whole segment, and the rest is verified all the same', async () => {
    const bundle = copy();
    bundle.files.delete('events/000002.ndjson');
    const { first, found, findings, root } = await verify(bundle);
    expect(first).toMatchObject({ code: 'segment-missing', event: 6 });
    expect(first!.message).toContain('with all up to event 10: events/000002.ndjson is missing');
    expect(findings.filter(({ code }) => code === 'root-differs')).toEqual([]);
    expect({ found: found > 0, root }).toEqual({ found: true, root: expect.any(String) });
  });

  it.each(['log/checkpoint', 'log/tile/0/000.p/12', 'log/tile/entries/000.p/12', 'checkpoints/000000000005.txt'])(
    'is the file %s',
    async (path) => {
      const bundle = copy();
      bundle.files.delete(path);
      expect((await verify(bundle)).holds).toBe(false);
    },
  );

  it('is no bundle without its manifest', async () => {
    const bundle = copy();
    bundle.files.delete('manifest.json');
    await expect(verify(bundle)).rejects.toThrow('it has no manifest.json');
  });
});

describe('an artifact', () => {
  const PATH = `artifacts/${sha256('weights of a model')}`;
  it('that was swapped is told, with the event that names it', async () => {
    const bundle = copy();
    bundle.files.set(PATH, Buffer.from('weights of anothers'));
    expect((await verify(bundle)).first).toMatchObject({ code: 'artifact-altered', event: 5 });
  });

  it('that is missing, or that nobody recorded, is told', async () => {
    const bundle = copy();
    bundle.files.set(`artifacts/${sha256('x')}`, bundle.files.get(PATH)!);
    bundle.files.delete(PATH);
    const codes = (await verify(bundle)).findings.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['artifact-missing', 'artifact-unknown']));
  });
});

interface Data {
  readonly signature: object;
  readonly dossier: { readonly content: object };
}

describe('a signature in a log whose keys were stolen, so that all hashes fit', () => {
  const changed = async (index: number, change: (data: Data) => object) => {
    const events = story();
    events[index] = {
      ...events[index]!,
      data: change(structuredClone(events[index]!.data) as unknown as Data) as never,
    };
    return (await verify(await bundleOf(events))).findings;
  };
  it('is told when it says something else', async () => {
    const findings = await changed(7, (data) => ({
      ...data,
      signature: { ...data.signature, meaning: 'rejected' },
    }));
    expect(findings).toMatchObject([{ code: 'signature-forged', event: 8 }]);
    expect(findings[0]!.message).toContain('is not what was signed');
  });
  it('is told when its signer never made it', async () => {
    const findings = await changed(6, (data) => ({ ...data, signatureId: 'sg-other' }));
    expect(findings[0]!.message).toContain('nobody made it');
  });
  it('is told when the dossier is another one', async () => {
    const findings = await changed(5, ({ dossier, ...data }) => ({
      ...data,
      dossier: { ...dossier, content: { ...dossier.content, version: 2 } },
    }));
    expect(findings).toMatchObject([{ code: 'dossier-altered', event: 6 }]);
  });
  it('is told when it stands in the record of something else, or twice', async () => {
    const events = story();
    const [again] = recorded([{ stream: 'approval-ap-2', type: 'ApprovalSigned', data: events[7]!.data }]);
    const bundle = await bundleOf([
      ...events,
      { ...again!, id: 'again' as never, recordedAt: events.at(-1)!.recordedAt },
    ]);
    const messages = (await verify(bundle)).findings.map(({ message }) => message).join('\n');
    expect(messages).toContain('event 8 carries it already');
    expect(messages).toContain('it was made for approval-ap-1, another record');
  });
});

it('names types of events that it does not know, and holds all the same', async () => {
  const report = await verify(copy(), {
    unknownBecause: (type) => (type === 'RunStarted' ? 'unknown here' : undefined),
  });
  expect(report).toMatchObject({
    holds: true,
    unknownTypes: ['event 1 (RunStarted in run-1, revision 0): unknown here'],
  });
});
