import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExperimentId, FixedClock, RunId, systemContext, EventCatalogue, CustodyError } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { MemoryLedger } from '../../../ledger/memory/index.js';
import { artifactsDecider, artifactsStream } from '../../artifact/decide.js';
import { artifactsEvents } from '../../artifact/events.js';
import { Following } from '../../testing/rebuilt-equals-incremental.js';
import { artifactListProjection } from './projection.js';

const RUNS = ['a', 'b'].map((digit) => digit.repeat(32) as RunId);

describe('the list of artifacts', () => {
  it('rebuilt equals incremental, and is what the log says, for any history', async () => {
    const upload = fc.record({
      runId: fc.constantFrom(...RUNS),
      path: fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      sha256: fc.constantFrom('1', '2', '3').map((digit) => digit.repeat(64)),
      follow: fc.boolean(),
    });
    await fc.assert(fc.asyncProperty(fc.array(upload, { maxLength: 25 }), check), { numRuns: 25 });
  });
});

async function check(
  uploads: readonly { runId: RunId; path: string; sha256: string; follow: boolean }[],
): Promise<void> {
  const clock = new FixedClock();
  const ledger = new MemoryLedger(clock);
  const decisions = new DecisionMaker(ledger, new EventCatalogue(artifactsEvents));
  const following = new Following({ ledger, events: artifactsEvents, projections: [artifactListProjection] });
  for (const { runId, path, sha256, follow } of uploads) {
    clock.advance(1000);
    const artifact = { runId, experimentId: '1' as ExperimentId, path, sha256, size: path.length };
    const command = { type: 'name-bytes' as const, artifact };
    await decisions
      .decide(artifactsDecider, artifactsStream(runId), command, systemContext(clock.now(), 'test'))
      .catch((error: unknown) => {
        if (!(error instanceof CustodyError)) throw error;
      });
    if (follow) await following.follow();
  }
  const tables = await following.expectSameAsRebuilt();
  following.close();
  const listed = (
    tables['artifact_entries'] as readonly {
      run_id: string;
      folder: string;
      name: string;
      is_dir: number;
      sha256: string | null;
    }[]
  )
    .filter(({ is_dir }) => is_dir === 0)
    .map(({ run_id, folder, name, sha256 }) => `${run_id} ${folder === '' ? name : `${folder}/${name}`} ${sha256}`);
  const states = await Promise.all(
    RUNS.map(async (runId) => ({ runId, ...(await decisions.load(artifactsDecider, artifactsStream(runId))) })),
  );
  const expected = states.flatMap(({ runId, state }) =>
    [...state.files].map(([path, { sha256 }]) => `${runId} ${path} ${sha256}`),
  );
  expect([...listed].sort()).toEqual([...expected].sort());
}
