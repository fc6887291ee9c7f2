import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { csvRows, DatasetReader } from '../../tracking/index.js';
import { OverlapEvidence, SnapshotEvidence } from './evidence.js';

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly string[][];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** 7 and 7.0 are the same measurement. */
const plain = (text: string): string => (NUMBER.test(text.trim()) ? String(Number(text)) : text.trim());

const keysOf = ({ columns, rows }: Table, by: readonly string[]): readonly string[] => {
  const places = by.map((name) => columns.indexOf(name));
  return rows.map((row) => JSON.stringify(places.map((place) => plain(row[place]!))));
};

/** Counts rows of the test data that are in the training data too; of one table, rows that are in it more than once. */
export function sharedRows(training: Table, testing: Table | undefined, by: readonly string[]) {
  const other = testing ?? training;
  const both = training.columns.filter((name) => other.columns.includes(name));
  const unknown = by.find((name) => !both.includes(name));
  if (unknown !== undefined) return { shared: 0, columns: [], problem: `there is no column ${unknown} in both` };
  const columns = by.length > 0 ? by : both;
  if (columns.length === 0) return { shared: 0, columns, problem: 'they have no column in common' };
  const keys = keysOf(training, columns);
  if (!testing) return { shared: keys.length - new Set(keys).size, columns };
  const known = new Set(keys);
  return { shared: keysOf(testing, columns).filter((key) => known.has(key)).length, columns };
}

/** Compares registered snapshots row by row. Their bytes never change, so a comparison is made once. */
@Injectable()
export class Overlaps {
  private readonly known = new LRUCache<string, OverlapEvidence>({ max: 1000 });

  constructor(private readonly datasets: DatasetReader) {}

  async compare(
    training: SnapshotEvidence,
    testing: SnapshotEvidence,
    by: readonly string[],
  ): Promise<OverlapEvidence> {
    const key = JSON.stringify([training.sha256, testing.sha256, by]);
    const known = this.known.get(key);
    if (known) return known;
    const table = async ({ datasetId }: SnapshotEvidence) => csvRows((await this.datasets.load(datasetId)).bytes);
    const first = await table(training);
    const second = training.sha256 === testing.sha256 ? undefined : await table(testing);
    const found = { by, training: training.sha256, testing: testing.sha256, ...sharedRows(first, second, by) };
    this.known.set(key, found);
    return found;
  }
}
