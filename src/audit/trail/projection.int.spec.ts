import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Projection } from '../../projection/index.js';
import { Episode, episode, recorded, rowsOf, TrailLab } from '../testing/trail-lab.js';
import { BLOCK } from './blocks.js';

let lab: TrailLab;
beforeEach(() => void (lab = new TrailLab()));
afterEach(() => lab.close());

const history = fc.array(episode, { minLength: 1, maxLength: 12 });
const steps = fc.array(fc.record({ episodes: history, by: fc.nat(1), batch: fc.integer({ min: 1, max: 300 }) }), {
  minLength: 1,
  maxLength: 4,
});

describe('the trail', () => {
  it('is the same when rebuilt, also when two processes took turns at it, for any history', async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (each) => {
        const [shared, fresh] = [`${++files}.db`, `${files}-rebuilt.db`];
        lab.events = [];
        const target = lab.create(shared);
        const processes = [lab.projector(target, 7), lab.projector(lab.open(shared), 100)];
        for (const { episodes, by } of each) {
          lab.events = [...lab.events, ...recorded(episodes, lab.events)];
          await processes[by]!.catchUp();
        }
        await processes[0]!.catchUp();
        const rebuilt = lab.create(fresh);
        await lab.projector(rebuilt, 5000).catchUp();
        expect(rowsOf(target)).toEqual(rowsOf(rebuilt));
        expect(rowsOf(rebuilt)['audit_events']).toHaveLength(lab.events.length);
      }),
      { numRuns: 10 },
    );
  });

  it('is the same when a batch had to be rolled back and was taken again', async () => {
    let failing = true;
    const faulty: Projection = {
      name: 'test.faulty',
      version: 1,
      tables: [],
      schema: () => [],
      prepare: () => (event) => {
        if (failing && event.type === 'Broken') throw new Error('the disk is full');
      },
    };
    const target = lab.create('incremental.db', [faulty]);
    const projector = lab.projector(target, 1000, [faulty]);
    const made = (type: string, times: number): Episode => ({ ...fc.sample(episode, 1)[0]!, type, times });
    lab.events = recorded([made('Made', 10)]);
    await projector.catchUp();
    lab.events = [...lab.events, ...recorded([made('Changed', BLOCK), made('Broken', 2)], lab.events)];
    await expect(projector.catchUp()).rejects.toThrow('the disk is full');
    expect(rowsOf(target)['audit_events']).toHaveLength(10);
    failing = false;
    await projector.catchUp();
    const rebuilt = lab.create('rebuilt.db');
    await lab.projector(rebuilt, 5000).catchUp();
    expect(rowsOf(target)).toEqual(rowsOf(rebuilt));
    expect(rowsOf(target)['audit_events']).toHaveLength(BLOCK + 12);
  });

  it('needs one index entry for a term in a block, however many events have it', async () => {
    const [same] = fc.sample(episode, 1);
    lab.events = recorded([{ ...same!, times: 3 * BLOCK, resource: { kind: 'experiment', id: '1' } }]);
    const target = lab.create('narrow.db');
    await lab.projector(target, 500).catchUp();
    // Ordinals count from 1, so the events reach into a fourth block.
    expect(rowsOf(target)['audit_blocks']).toHaveLength(4 * 3);
  });
});
