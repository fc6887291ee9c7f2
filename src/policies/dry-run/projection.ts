import { RecordedEvent } from '../../core/index.js';
import { param, Projection, sqlBuilder } from '../../projection/index.js';
import { AliasSet, StageChanged } from '../../registry/index.js';
import { DryRunTables, PolicyTransitionRow } from './table.js';

type Move = Pick<PolicyTransitionRow, 'kind' | 'target'>;

const sql = sqlBuilder<DryRunTables>();

/**
 * The registry's moves by time, for trying a policy on them: the log has no index by type. A rollback is none:
 * no policy stands in its way.
 */
export const policyTransitionsProjection: Projection = {
  name: 'policies.transitions',
  version: 2,
  tables: ['policy_transitions'],
  schema: (ddl) => [
    ddl
      .createTable('policy_transitions')
      .addColumn('position', 'integer', (column) => column.primaryKey())
      .addColumn('at', 'integer', (column) => column.notNull())
      .addColumn('model_id', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('target', 'text', (column) => column.notNull())
      .compile(),
  ],
  prepare: (statements) => {
    const insert = statements.write(
      sql.insertInto('policy_transitions').values({
        position: param<number>('position'),
        at: param<number>('at'),
        model_id: param('modelId'),
        model: param('model'),
        version: param<number>('version'),
        kind: param('kind'),
        target: param('target'),
      }),
    );
    return (event) => {
      const move = moveOf(event);
      if (!move) return;
      const { modelId, name: model, version } = event.data as unknown as StageChanged;
      insert({ position: event.position, at: event.recordedAt, modelId, model, version, ...move });
    };
  },
};

function moveOf({ type, data }: RecordedEvent): Move | undefined {
  switch (type) {
    case 'ModelVersionStageChanged':
      return { kind: 'stage', target: (data as unknown as StageChanged).to };
    case 'RegisteredModelAliasSet':
      return { kind: 'alias', target: (data as unknown as AliasSet).alias };
    default:
      return undefined;
  }
}
