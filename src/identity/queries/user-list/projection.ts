import { RecordedEvent, Sealed } from '../../../core/index.js';
import { param, Projection, ProjectionContext, sqlBuilder, Statements } from '../../../projection/index.js';
import { AccessEvent } from '../../access/events.js';
import { UserEvent } from '../../user/events.js';
import { ERASED } from '../erased.js';
import { UserListSchema } from './table.js';

export const userListProjection: Projection = {
  name: 'identity.users',
  version: 4,
  tables: ['identity_users'],
  schema: (ddl) => [
    ddl
      .createTable('identity_users')
      .addColumn('user_id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('login', 'text', (column) => column.notNull())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('email', 'text')
      .addColumn('roles', 'text', (column) => column.notNull())
      .addColumn('disabled', 'integer', (column) => column.notNull())
      .addColumn('verified_how', 'text')
      .addColumn('verified_by', 'text')
      .addColumn('verified_at', 'integer')
      .addColumn('pending', 'integer', (column) => column.notNull())
      .addColumn('must_change_password', 'integer', (column) => column.notNull())
      .addColumn('locked_until', 'integer')
      .addColumn('details', 'text')
      .addColumn('deprovisioned', 'integer', (column) => column.notNull())
      .addColumn('erased', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addColumn('changed_at', 'integer', (column) => column.notNull())
      .addColumn('last_sign_in_at', 'integer')
      .compile(),
  ],
  prepare,
};

function prepare(statements: Statements, { unseal }: ProjectionContext): (event: RecordedEvent) => void {
  const { insert, change } = prepared(statements);
  const open = (sealed: Sealed) => unseal(sealed) ?? ERASED;
  return (event) => {
    const { type, data } = event as unknown as UserEvent | AccessEvent;
    switch (type) {
      case 'UserCreated':
        insert({
          id: data.userId,
          kind: data.kind,
          login: open(data.login),
          name: open(data.displayName),
          email: data.email ? open(data.email) : null,
          roles: data.roles.join(),
          pending: data.awaitsVerification ? 1 : 0,
          at: event.recordedAt,
        });
        return;
      case 'IdentityVerified':
        change.verified({ id: data.userId, how: open(data.how), by: data.by, at: event.recordedAt });
        return;
      case 'ProfileChanged': {
        const { displayName, email, details } = data;
        change.profile({
          id: data.userId,
          name: open(displayName),
          email: email ? open(email) : null,
          details: details ? open(details) : null,
          at: event.recordedAt,
        });
        return;
      }
      case 'RolesChanged':
        change.roles({ id: data.userId, roles: data.to.join() });
        return;
      case 'PasswordSet':
        change.mustChange({ id: data.userId, required: 0 });
        return;
      case 'PasswordChangeRequired':
        change.mustChange({ id: data.userId, required: 1 });
        return;
      case 'SignInLocked':
        change.locked({ id: data.userId, until: data.until });
        return;
      case 'SignInUnlocked':
        change.locked({ id: data.userId, until: null });
        return;
      case 'UserDisabled':
        change.disabled({ id: data.userId, at: event.recordedAt });
        return;
      case 'UserEnabled':
        change.enabled({ id: data.userId, at: event.recordedAt });
        return;
      case 'UserDeprovisioned':
        change.deprovisioned({ id: data.userId });
        return;
      case 'PersonErased':
        change.erased({ id: data.userId });
        return;
      case 'SignedIn':
        change.signedIn({ id: data.userId, at: event.recordedAt });
        return;
      default:
        // Events of other rooms and other read models.
        return;
    }
  };
}

function prepared(statements: Statements) {
  const sql = sqlBuilder<UserListSchema>();
  const update = () => sql.updateTable('identity_users').where('user_id', '=', param<string>('id'));
  return {
    insert: statements.write(
      sql.insertInto('identity_users').values({
        user_id: param('id'),
        kind: param('kind'),
        login: param('login'),
        display_name: param('name'),
        email: param('email'),
        roles: param('roles'),
        disabled: 0,
        verified_how: null,
        verified_by: null,
        verified_at: null,
        pending: param('pending'),
        must_change_password: 0,
        locked_until: null,
        details: null,
        deprovisioned: 0,
        erased: 0,
        created_at: param('at'),
        changed_at: param('at'),
        last_sign_in_at: null,
      }),
    ),
    change: {
      verified: statements.write(
        update().set({ verified_how: param('how'), verified_by: param('by'), verified_at: param('at'), pending: 0 }),
      ),
      roles: statements.write(update().set({ roles: param('roles') })),
      mustChange: statements.write(update().set({ must_change_password: param('required') })),
      locked: statements.write(update().set({ locked_until: param('until') })),
      profile: statements.write(
        update().set({
          display_name: param('name'),
          email: param('email'),
          details: param('details'),
          changed_at: param('at'),
        }),
      ),
      disabled: statements.write(update().set({ disabled: 1, changed_at: param('at') })),
      enabled: statements.write(
        update().set({ disabled: 0, pending: 1, must_change_password: 0, changed_at: param('at') }),
      ),
      deprovisioned: statements.write(update().set({ deprovisioned: 1 })),
      // Whatever was opened before the key was destroyed; built anew, there is nothing left to open.
      erased: statements.write(
        update().set((eb) => ({
          login: ERASED,
          display_name: ERASED,
          email: null,
          details: null,
          verified_how: eb.case().when('verified_how', 'is', null).then(null).else(ERASED).end(),
          erased: 1,
        })),
      ),
      signedIn: statements.write(update().set({ last_sign_in_at: param('at') })),
    },
  };
}
