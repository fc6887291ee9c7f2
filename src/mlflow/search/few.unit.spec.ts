import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { isQuick } from './few.js';
import { prepareSearch } from './search.js';
import { RUNS } from './vocabularies/runs.js';

const search = (filter: string) =>
  prepareSearch({ filter, limit: 10 }, RUNS, { scope: sql<boolean>`TRUE`, about: undefined });
const many = (clause: string, count: number) => Array.from({ length: count }, () => clause).join(' AND ');
const list = Array.from({ length: 2_000 }, (_, index) => `'${index}'`).join();

it.each([
  ['', 1_000, true],
  ["metrics.loss < 1 AND tags.team = 'qc'", 500, true],
  ["name LIKE 'lims%'", 200, true],
  ['', Infinity, false],
  ['', 100_000, false],
  [many('metrics.loss < 1', 90), 500, false],
  [`name LIKE '${'%a'.repeat(20)}'`, 500, false],
  [`run_id IN (${list})`, 100, false],
])('a search by %.30s over %d rows is quick: %s', (filter, rows, quick) => {
  expect(isQuick(search(filter), rows)).toBe(quick);
});
