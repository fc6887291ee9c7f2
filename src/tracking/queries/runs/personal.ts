import { sql as raw } from 'kysely';
import { Sealed } from '../../../core/index.js';
import { param, sqlBuilder, Statements } from '../../../projection/index.js';
import { LoggedModelTables } from '../logged-models/table.js';
import { RunTables } from './table.js';

export const ERASED = '[erased]';

const runs = sqlBuilder<RunTables>();
const models = sqlBuilder<LoggedModelTables>();
const subject = param<string>('subject');
const run_id = param<string>('run');
const model_id = param<string>('id');
const place = param<string>('place');

/** Places are told once; who writes to one later is whom it is about from then on, but for inputs, which never change. */
export function personalOfRuns(statements: Statements) {
  const insert = runs.insertInto('run_personal').values({ run_id, place, subject });
  const replace = statements.write(
    insert.onConflict((conflict) =>
      conflict.columns(['run_id', 'place']).doUpdateSet((eb) => ({ subject: eb.ref('excluded.subject') })),
    ),
  );
  const keep = statements.write(insert.onConflict((conflict) => conflict.doNothing()));
  const user = statements.write(
    runs
      .updateTable('runs')
      .set({ user: ERASED })
      .where(raw<boolean>`run_id IN (SELECT run_id FROM run_personal WHERE subject = ${subject} AND place = 'user')`),
  );
  const tags = statements.write(
    runs
      .updateTable('run_tags')
      .set({ value: ERASED })
      .where(
        raw<boolean>`(run_id, key) IN
          (SELECT run_id, substr(place, 5) FROM run_personal WHERE subject = ${subject} AND place GLOB 'tag:*')`,
      ),
  );
  const inputs = statements.write(
    runs
      .updateTable('inputs')
      .set({ input: raw<string>`json_set(input, '$.source', ${raw.lit(ERASED)})` })
      .where(raw<boolean>`run_id IN (SELECT run_id FROM run_personal WHERE subject = ${subject})`)
      .where(
        raw<boolean>`(run_id, name || char(10) || digest) IN
          (SELECT run_id, substr(place, 7) FROM run_personal WHERE subject = ${subject} AND place GLOB 'input:*')`,
      ),
  );
  const noted = (run: string, at: string, value: string | Sealed | undefined, note: typeof replace) => {
    if (typeof value === 'object') note({ run, place: at, subject: value.subject });
  };
  return {
    user: (run: string, value: Sealed | undefined) => noted(run, 'user', value, replace),
    tag: (run: string, key: string, value: string | Sealed) => noted(run, `tag:${key}`, value, replace),
    input: (run: string, name: string, digest: string, source: string | Sealed) =>
      noted(run, `input:${name}\n${digest}`, source, keep),
    erase: (of: string) => {
      for (const each of [user, tags, inputs]) each({ subject: of });
    },
  };
}

export function personalOfLoggedModels(statements: Statements) {
  const note = statements.write(
    models
      .insertInto('logged_model_personal')
      .values({ model_id, key: param('key'), subject })
      .onConflict((conflict) =>
        conflict.columns(['model_id', 'key']).doUpdateSet((eb) => ({ subject: eb.ref('excluded.subject') })),
      ),
  );
  const tags = statements.write(
    models
      .updateTable('logged_model_tags')
      .set({ value: ERASED })
      .where(
        raw<boolean>`(model_id, key) IN (SELECT model_id, key FROM logged_model_personal WHERE subject = ${subject})`,
      ),
  );
  return {
    tag: (id: string, key: string, value: string | Sealed) => {
      if (typeof value === 'object') note({ id, key, subject: value.subject });
    },
    erase: (of: string) => void tags({ subject: of }),
  };
}
