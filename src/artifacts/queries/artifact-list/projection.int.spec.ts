import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExperimentId, FixedClock, RunId, systemContext, EventCatalogue, CustodyError } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { MemoryLedger } from '../../../ledger/memory/index.js';
import { ArtifactCommand, artifactsDecider, artifactsStream } from '../../artifact/decide.js';
import { artifactsEvents } from '../../artifact/events.js';
import { foldersAround } from '../../artifact/path.js';
import { Following } from '../../testing/rebuilt-equals-incremental.js';
import { artifactListProjection } from './projection.js';

const RUNS = ['a', 'b'].map((digit) => digit.repeat(32) as RunId);

describe('the list of artifacts', () => {
  it('rebuilt equals incremental, and is what the log says, for any history', async () => {
    const upload = fc.record({
      runId: fc.constantFrom(...RUNS),
      path: fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      sha256: fc.constantFrom('1', '2', '3').map((digit) => digit.repeat(64)),
      remove: fc.constantFrom(false, false, true),
      follow: fc.boolean(),
    });
    await fc.assert(fc.asyncProperty(fc.array(upload, { maxLength: 25 }), check), { numRuns: 40 });
  });
});

interface Entry {
  readonly run_id: string;
  readonly folder: string;
  readonly name: string;
  readonly sha256: string | null;
}

async function check(
  steps: readonly { runId: RunId; path: string; sha256: string; remove: boolean; follow: boolean }[],
): Promise<void> {
  const clock = new FixedClock();
  const ledger = new MemoryLedger(clock);
  const decisions = new DecisionMaker(ledger, new EventCatalogue(artifactsEvents));
  const following = new Following({ ledger, events: artifactsEvents, projections: [artifactListProjection] });
  for (const { runId, path, sha256, remove, follow } of steps) {
    clock.advance(1000);
    const file = { experimentId: '1' as ExperimentId, path };
    const command: ArtifactCommand = remove
      ? { type: 'delete-path', owner: runId, ...file, step: { maxBytes: 10_000, bytesEach: 0 } }
      : { type: 'name-bytes', artifact: { runId, ...file, sha256, size: path.length } };
    await decisions
      .decide(artifactsDecider, artifactsStream(runId), command, systemContext(clock.now(), 'test'))
      .catch((error: unknown) => {
        if (!(error instanceof CustodyError)) throw error;
      });
    if (follow) await following.follow();
  }
  const tables = await following.expectSameAsRebuilt();
  following.close();
  const entries = tables['artifact_entries'] as readonly Entry[];
  const listed = entries.map(
    ({ run_id, folder, name, sha256 }) => `${run_id} ${folder === '' ? name : `${folder}/${name}`} ${sha256}`,
  );
  const states = await Promise.all(
    RUNS.map(async (runId) => ({ runId, ...(await decisions.load(artifactsDecider, artifactsStream(runId))) })),
  );
  const expected = states.flatMap(({ runId, state }) => [
    ...[...state.files].map(([path, { sha256 }]) => `${runId} ${path} ${sha256}`),
    ...[...new Set([...state.files.keys()].flatMap(foldersAround))].map((folder) => `${runId} ${folder} null`),
  ]);
  for (const { state } of states)
    expect(new Set(state.folders.keys())).toEqual(new Set([...state.files.keys()].flatMap(foldersAround)));
  const versions = tables['artifact_versions'] as readonly {
    run_id: string;
    path: string;
    deleted_at: number | null;
  }[];
  expect(
    new Set(versions.filter((each) => each.deleted_at === null).map((each) => `${each.run_id} ${each.path}`)),
  ).toEqual(new Set(states.flatMap(({ runId, state }) => [...state.files.keys()].map((path) => `${runId} ${path}`))));
  expect([...listed].sort()).toEqual([...expected].sort());
}
