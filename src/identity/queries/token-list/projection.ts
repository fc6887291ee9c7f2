import { RecordedEvent } from '../../../core/index.js';
import { param, Projection, ProjectionContext, sqlBuilder, Statements } from '../../../projection/index.js';
import { AccessEvent } from '../../access/events.js';
import { UserEvent } from '../../user/events.js';
import { ERASED } from '../erased.js';
import { TokenListSchema } from './table.js';

export const tokenListProjection: Projection = {
  name: 'identity.tokens',
  version: 3,
  tables: ['identity_tokens'],
  schema: (ddl) => [
    ddl
      .createTable('identity_tokens')
      .addColumn('token_id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addColumn('expires_at', 'integer')
      .addColumn('revoked_at', 'integer')
      .addColumn('last_used_at', 'integer')
      .addColumn('limits', 'text')
      .addColumn('rotated_at', 'integer')
      .addColumn('old_secret_until', 'integer')
      .compile(),
    ddl.createIndex('identity_tokens_of_user').on('identity_tokens').columns(['user_id', 'token_id']).compile(),
  ],
  prepare,
};

function prepare(statements: Statements, { unseal }: ProjectionContext): (event: RecordedEvent) => void {
  const { insert, revoke, rotate, use, erase } = prepared(statements);
  return (event) => {
    const { type, data } = event as unknown as UserEvent | AccessEvent;
    const at = event.recordedAt;
    switch (type) {
      case 'TokenIssued':
        insert({
          token: data.tokenId,
          user: data.userId,
          label: unseal(data.label) ?? ERASED,
          at,
          expires: data.expiresAt ?? null,
          limits: data.limits === undefined ? null : JSON.stringify(data.limits),
        });
        return;
      case 'TokenRotated':
        rotate({ token: data.tokenId, at, until: data.formerUntil });
        return;
      case 'TokenRevoked':
        revoke({ token: data.tokenId, at });
        return;
      case 'PersonErased':
        erase({ user: data.userId });
        return;
      case 'SignedIn':
        if (data.tokenId !== undefined) use({ token: data.tokenId, at });
        return;
      default:
        // Events of other rooms and other read models.
        return;
    }
  };
}

function prepared(statements: Statements) {
  const sql = sqlBuilder<TokenListSchema>();
  const update = () => sql.updateTable('identity_tokens').where('token_id', '=', param<string>('token'));
  return {
    insert: statements.write(
      sql.insertInto('identity_tokens').values({
        token_id: param('token'),
        user_id: param('user'),
        label: param('label'),
        created_at: param('at'),
        expires_at: param('expires'),
        revoked_at: null,
        last_used_at: null,
        limits: param('limits'),
        rotated_at: null,
        old_secret_until: null,
      }),
    ),
    revoke: statements.write(update().set({ revoked_at: param('at') })),
    rotate: statements.write(update().set({ rotated_at: param('at'), old_secret_until: param('until') })),
    erase: statements.write(
      sql.updateTable('identity_tokens').where('user_id', '=', param<string>('user')).set({ label: ERASED }),
    ),
    use: statements.write(update().set({ last_used_at: param('at') })),
  };
}
