import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainEvent, EventCatalogue, FixedClock, systemContext } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { MemoryLedger } from '../../../ledger/memory/index.js';
import { Projector, ReadModelFile, ReadModels } from '../../../projection/index.js';
import { jobEvents } from '../../job/catalogue.js';
import { JobState } from '../../job/state.js';
import { anyCommand, historyOf, requestOf } from '../../testing/jobs.js';
import { CountTrainingJobsHandler } from './count.js';
import { jobsProjection } from './projection.js';
import { GetTrainingJob, GetTrainingJobHandler, ListTrainingJobs, ListTrainingJobsHandler } from './query.js';
import { JobTable } from './table.js';

const catalogue = new EventCatalogue(jobEvents);
let dir: string;
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'custody-jobs-'))));
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A log, and its read model in a file of its own. */
class Shop {
  readonly clock = new FixedClock();
  readonly ledger = new MemoryLedger(this.clock);
  private readonly decisions = new DecisionMaker(this.ledger, catalogue);
  private files = 0;

  async record(job: number, ...events: readonly DomainEvent[]): Promise<void> {
    this.clock.advance(1_000_000);
    await this.decisions.record(`job-${requestOf(job).jobId}`, events, systemContext(this.clock.now(), 'test'));
  }

  projector(batch: number) {
    const file = join(dir, `${this.files++}.db`);
    const target = ReadModelFile.create(file, [jobsProjection]);
    const context = { unseal: () => undefined };
    const options = { ledger: this.ledger, catalogue, projections: [jobsProjection], context, batch };
    return { file, target, projector: new Projector(options, target) };
  }

  rows({ target }: ReturnType<Shop['projector']>): JobTable[] {
    return target.db.prepare<[], JobTable>('SELECT * FROM training_jobs ORDER BY job_id').all();
  }
}

describe('the read model of training jobs', () => {
  it('rebuilt is the same as followed, and shows what the deciders know, for any history', async () => {
    const histories = fc.array(fc.array(anyCommand, { maxLength: 14 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 1, max: 7 }), async (all, batch) => {
        const shop = new Shop();
        const followed = shop.projector(batch);
        const jobs = all.map((commands, job) => historyOf(job, commands));
        // The jobs take turns, and the read model follows at any pace.
        for (let turn = 0; jobs.some(({ events }) => turn < events.length); turn++) {
          for (const [job, { events }] of jobs.entries()) {
            if (turn < events.length) await shop.record(job, events[turn]!);
          }
          if (turn % batch === 0) await followed.projector.catchUp();
        }
        await followed.projector.catchUp();
        const rebuilt = shop.projector(2000);
        await rebuilt.projector.catchUp();
        const rows = shop.rows(rebuilt);
        expect(shop.rows(followed)).toEqual(rows);
        expect(rows.map(shown)).toEqual(jobs.map(({ state }) => known(state)));
        followed.target.close();
        rebuilt.target.close();
      }),
      { numRuns: 60 },
    );
  });

  it('answers a job as it is now, and pages newest first, by state', async () => {
    const shop = new Shop();
    const started = { kind: 'start', worker: 'w', maxRetries: 1 } as const;
    for (let job = 0; job < 5; job++) {
      await shop.record(job, ...historyOf(job, job % 2 === 0 ? [started] : []).events);
    }
    const model = shop.projector(100);
    await model.projector.catchUp();
    const readModels = new ReadModels(model.file);
    const get = new GetTrainingJobHandler(readModels);
    const list = new ListTrainingJobsHandler(readModels);
    const ids = (jobs: readonly { job_id: string }[]) => jobs.map(({ job_id }) => Number(job_id.slice(-12)));

    expect(await get.execute(new GetTrainingJob(requestOf(2).jobId))).toMatchObject({
      state: 'running',
      requested_by: 'u-2',
      registered_model_name: 'model-0',
      parameters: { n_estimators: 3 },
      tags: { Project: 'Ünïcode "quoted"' },
      split: { test_share: 0.2, stratified: true },
      attempts: 1,
      worker: 'w',
      requested_at: '2026-01-05T09:00:03.000000Z',
    });
    await expect(get.execute(new GetTrainingJob('nothing'))).rejects.toMatchObject({ code: 'job-not-found' });

    const first = await list.execute(new ListTrainingJobs({ limit: 2 }));
    expect(ids(first.jobs)).toEqual([4, 3]);
    // A job that comes in between does not shift the pages.
    await shop.record(5, ...historyOf(5, []).events);
    await model.projector.catchUp();
    const second = await list.execute(new ListTrainingJobs({ limit: 2, pageToken: first.next_page_token }));
    expect(ids(second.jobs)).toEqual([2, 1]);
    const third = await list.execute(new ListTrainingJobs({ limit: 2, pageToken: second.next_page_token }));
    expect(ids(third.jobs)).toEqual([0]);
    expect(third.next_page_token).toBeUndefined();
    expect(ids((await list.execute(new ListTrainingJobs({ limit: 9, state: 'running' }))).jobs)).toEqual([4, 2, 0]);
    expect(Object.fromEntries(await new CountTrainingJobsHandler(readModels).execute())).toEqual({
      requested: 3,
      running: 3,
      retrying: 0,
      parked: 0,
      succeeded: 0,
      failed: 0,
    });
    const forged = list.execute(new ListTrainingJobs({ limit: 2, pageToken: "1' OR 1=1" }));
    await expect(forged).rejects.toMatchObject({ code: 'invalid-page-token', field: 'page_token' });
    await readModels.close();
    model.target.close();
  });
});

const shown = ({ state, attempts, run_id, reason, code, model_version, worker }: JobTable) => ({
  state,
  attempts,
  run_id,
  reason,
  code,
  model_version,
  worker,
});

function known(job: JobState) {
  if (job.status === 'none') throw new Error('every history begins with a request');
  return {
    state: job.status,
    attempts: job.attempts,
    run_id: job.request.runId,
    reason: 'reason' in job ? job.reason : null,
    code: 'reason' in job ? expect.any(String) : null,
    model_version: job.status === 'succeeded' ? job.result.version : null,
    worker: job.status === 'running' ? job.worker : null,
  };
}
