import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { ReadModels } from './read-models.js';
import { param, prepared, sqlBuilder } from './statements.js';

interface Tables {
  readonly letters: { readonly letter: string };
}

let folder: string;
let models: ReadModels;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-read-models-'));
  const file = join(folder, 'models.db');
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec("CREATE TABLE letters (letter TEXT NOT NULL); INSERT INTO letters VALUES ('a'), ('b'), ('c')");
  db.close();
  models = new ReadModels(file);
});
afterEach(async () => {
  await models.close();
  rmSync(folder, { recursive: true, force: true });
});

const from = (letter: string) =>
  models.db<Tables>().selectFrom('letters').select('letter').where('letter', '>=', letter).orderBy('letter');
const letters = (rows: readonly Tables['letters'][]) => rows.map(({ letter }) => letter).join('');

describe('a query that is run again', () => {
  it('answers for its own values', async () => {
    expect(letters(await from('a').execute())).toBe('abc');
    expect(letters(await from('c').execute())).toBe('c');
  });
  it('is compiled once where it is prepared, and has its values by their names', async () => {
    const sql = sqlBuilder<Tables>();
    const between = prepared(
      sql
        .selectFrom('letters')
        .select('letter')
        .where('letter', '>=', param('from'))
        .where('letter', '<', 'c')
        .orderBy('letter'),
    );
    expect(letters(await models.all(between, { from: 'a' }))).toBe('ab');
    expect(letters(await models.searches.all(between, { from: 'b' }))).toBe('b');
    await expect(models.all(between, { to: 'b' })).rejects.toThrow('parameter from is missing');
  });
  it('is refused when it wants a transaction', async () => {
    await expect(
      models
        .db<Tables>()
        .transaction()
        .execute(() => Promise.resolve()),
    ).rejects.toThrow();
  });
});
