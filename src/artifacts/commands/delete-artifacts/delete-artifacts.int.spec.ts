import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventId, NewEvent, uuidv7 } from '../../../core/index.js';
import { ExpectedRevision, Ledger, LedgerUnavailable } from '../../../ledger/index.js';
import { ArtifactsModule, artifactsEvents, artifactsProjections } from '../../index.js';
import { RoomLab, RUN } from '../../testing/room-lab.js';

const FOLDER = `/api/2.0/mlflow-artifacts/artifacts/1/${RUN}/artifacts`;
const STREAM = `artifacts-run-${RUN}`;
const FILES = 2500;
const AT_ONCE = 1000;
const LONG = 'a file with a long name '.repeat(6);

describe('a folder of more files than one append holds', () => {
  let lab: RoomLab;
  let appendsLeft = Infinity;
  /** A log that goes away after so many appends, and comes back. */
  const losing = (inner: Ledger): Ledger =>
    new Proxy(inner, {
      get: (target, name) =>
        name === 'append'
          ? (stream: string, events: readonly NewEvent[], expected: ExpectedRevision) => {
              if (appendsLeft-- <= 0) return Promise.reject(new LedgerUnavailable('gone', 'unreachable'));
              return target.append(stream, events, expected);
            }
          : (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind?.(target),
    });

  beforeEach(async () => {
    appendsLeft = Infinity;
    const events = artifactsEvents;
    lab = await RoomLab.open({ modules: [ArtifactsModule], events, projections: artifactsProjections, ledger: losing });
    for (let from = 0; from < FILES; from += AT_ONCE)
      await lab.ledger.append(STREAM, files(from, Math.min(from + AT_ONCE, FILES)), 'any');
  });
  afterEach(() => lab.close());

  const files = (from: number, to: number): readonly NewEvent[] => {
    const { actor, origin, correlationId } = lab.context();
    return Array.from({ length: to - from }, (_, index) => ({
      id: uuidv7() as EventId,
      type: 'ArtifactStored',
      schema: 1,
      actor,
      origin,
      correlationId,
      data: { runId: RUN, experimentId: '1', path: `m/${LONG}${from + index}`, size: 1, sha256: 'a'.repeat(64) },
    }));
  };
  const remove = () => lab.app.inject({ method: 'DELETE', url: `${FOLDER}/m` });
  const deleted = async () => {
    const paths: unknown[] = [];
    for (let from = 0; ;) {
      const page = await lab.ledger.read(STREAM, { from });
      paths.push(...page.filter(({ type }) => type === 'ArtifactDeleted').map(({ data }) => data['path']));
      if (page.length === 0) return paths;
      from += page.length;
    }
  };

  it('is deleted whole, each file once', async () => {
    expect((await remove()).json()).toEqual({});
    const paths = await deleted();
    expect([paths.length, new Set(paths).size]).toEqual([FILES, FILES]);
    const listed = await lab.app.inject({ url: `/api/2.0/mlflow-artifacts/artifacts?path=1/${RUN}/artifacts` });
    expect(listed.json()).toEqual({});
  });

  it('interrupted in the middle, is deleted to its end by the same request again', async () => {
    appendsLeft = 1;
    expect((await remove()).statusCode).toBeGreaterThanOrEqual(500);
    const before = (await deleted()).length;
    expect([before > 0, before < FILES]).toEqual([true, true]);
    appendsLeft = Infinity;
    expect((await remove()).json()).toEqual({});
    const paths = await deleted();
    expect([paths.length, new Set(paths).size]).toEqual([FILES, FILES]);
  });
});
