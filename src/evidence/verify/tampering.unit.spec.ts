import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecordedEvent } from '../../core/index.js';
import { lineOf } from '../bundle/line.js';
import { MemoryBundle } from '../bundle/testing/memory-bundle.js';
import { bundleOf, checkpointAt, recorded } from './testing/story.js';
import { verifyBundle } from './verify-bundle.js';

const logs = fc
  .array(
    fc.record({
      stream: fc.constantFrom('run-1', 'run-2', 'm-ü'),
      data: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
    }),
    {
      minLength: 2,
      maxLength: 12,
    },
  )
  .map(
    (parts) =>
      JSON.parse(
        JSON.stringify(recorded(parts.map((part) => ({ ...part, type: 'Noted' }) as never))),
      ) as RecordedEvent[],
  )
  .filter((events) =>
    events.every((event) => JSON.stringify(event).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(event))),
  );

type Edit = (lines: string[], at: number) => string[];
const edits: Readonly<Record<string, Edit>> = {
  change: (lines, at) => lines.with(at, changed(lines[at]!)),
  delete: (lines, at) => lines.toSpliced(at, 1),
  insert: (lines, at) => lines.toSpliced(at, 0, changed(lines[at]!)),
  repeat: (lines, at) => lines.toSpliced(at, 0, lines[at]!),
  reorder: (lines, at) => {
    const other = at === 0 ? 1 : at - 1;
    return lines.with(at, lines[other]!).with(other, lines[at]!);
  },
  truncate: (lines, at) => lines.slice(0, at),
};
const changed = (line: string): string => {
  const event = JSON.parse(line) as RecordedEvent;
  return lineOf({ ...event, correlationId: `${event.correlationId}x` })
    .toString()
    .trimEnd();
};

it('holds for any log, and any edit of any log is noticed', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.constantFrom(...Object.keys(edits)), fc.nat(), async (events, edit, seed) => {
      const whole = await bundleOf(events, { checkpoints: [checkpointAt(events, events.length)], eventsPerFile: 100 });
      expect((await verifyBundle(whole)).findings).toEqual([]);
      const path = 'events/000001.ndjson';
      const lines = whole.files.get(path)!.toString().split('\n').slice(0, -1);
      const edited = edits[edit]!(lines, seed % lines.length);
      const bundle = MemoryBundle.of(whole.files);
      bundle.files.set(path, Buffer.from(edited.map((line) => `${line}\n`).join('')));
      const report = await verifyBundle(bundle);
      expect(report.holds).toBe(false);
      expect(report.first!.message).toMatch(/^event \d+/);
    }),
    { numRuns: 60 },
  );
});
