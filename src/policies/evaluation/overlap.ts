import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DatasetReader } from '../../tracking/index.js';
import { compareInThread } from './compare-in-thread.js';
import { OverlapEvidence, SnapshotEvidence } from './evidence.js';

/** Compares registered snapshots row by row. Their bytes never change, so a comparison is made once. */
@Injectable()
export class Overlaps {
  private readonly known = new LRUCache<string, Promise<OverlapEvidence>>({ max: 1000 });
  /** One comparison at a time: each may hold two tables in memory. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly datasets: DatasetReader) {}

  async compare(
    training: SnapshotEvidence,
    testing: SnapshotEvidence,
    by: readonly string[],
  ): Promise<OverlapEvidence> {
    const key = JSON.stringify([training.sha256, testing.sha256, by]);
    const known = this.known.get(key);
    if (known) return known;
    const found = this.last.then(() => this.compared(training, testing, by));
    this.last = found.catch(() => undefined);
    this.known.set(key, found);
    // What went wrong may go right another time.
    found.catch(() => this.known.delete(key));
    return found;
  }

  private async compared(
    training: SnapshotEvidence,
    testing: SnapshotEvidence,
    by: readonly string[],
  ): Promise<OverlapEvidence> {
    const bytesOf = async ({ datasetId }: SnapshotEvidence) => (await this.datasets.load(datasetId)).bytes;
    const same = training.sha256 === testing.sha256;
    const shared = await compareInThread({
      training: await bytesOf(training),
      ...(same ? {} : { testing: await bytesOf(testing) }),
      by,
    });
    return { by, training: training.sha256, testing: testing.sha256, ...shared };
  }
}
