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
  ['no filter', '', 1_000, true],
  ['two comparisons', "metrics.loss < 1 AND tags.team = 'qc'", 500, true],
  ['a short pattern', "run_name LIKE 'lims%'", 200, true],
  ['no filter', '', Infinity, false],
  ['no filter', '', 100_000, false],
  ['90 comparisons', many('metrics.loss < 1', 90), 500, false],
  ['a pattern full of wildcards', `run_name LIKE '${'%a'.repeat(20)}'`, 500, false],
  ['a long list', `run_id IN (${list})`, 100, false],
])('whether a search by %s is quick depends on its rows and comparisons', (_, filter, rows, quick) => {
  expect(isQuick(search(filter), rows)).toBe(quick);
});
