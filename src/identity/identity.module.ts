import { DynamicModule, Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { systemClock } from '../core/index.js';
import { AccessPolicy } from '../http/access-policy.js';
import { AccessGuard } from './access/access.guard.js';
import { AccessTrail } from './access/access-trail.js';
import { AccountIdentification } from './access/account-identification.js';
import { ClientSeals } from './access/client-seals.js';
import { Identification } from './access/identification.js';
import { MatrixAccessPolicy } from './access/matrix-access-policy.js';
import { Permissions } from './access/permissions.js';
import { OpenIdentification } from './access/open-identification.js';
import { RequestContexts } from './access/request-context.js';
import { SignInLocks } from './access/sign-in-locks.js';
import { IDENTITY_CLOCK } from './clock.js';
import { BootstrapAdministratorHandler } from './commands/bootstrap-administrator/bootstrap-administrator.js';
import { ChangeRolesController } from './commands/change-roles/change-roles.controller.js';
import { ChangeRolesHandler } from './commands/change-roles/change-roles.handler.js';
import { CreateUserController } from './commands/create-user/create-user.controller.js';
import { CreateUserHandler } from './commands/create-user/create-user.handler.js';
import { DisableUserController } from './commands/disable-user/disable-user.controller.js';
import { DisableUserHandler } from './commands/disable-user/disable-user.handler.js';
import { EnsureWorkerAccountHandler } from './commands/ensure-worker-account/ensure-worker-account.js';
import { ChangePasswordHandler } from './commands/passwords/change-password.handler.js';
import { PasswordsController } from './commands/passwords/passwords.controller.js';
import { ResetPasswordHandler } from './commands/passwords/reset-password.handler.js';
import { RoleGrantsController } from './commands/role-grants/role-grants.controller.js';
import { GrantRoleHandler, RevokeRoleGrantHandler } from './commands/role-grants/role-grants.handlers.js';
import { IssueTokenHandler } from './commands/tokens/issue-token.handler.js';
import { RevokeTokenHandler } from './commands/tokens/revoke-token.handler.js';
import { RotateTokenHandler } from './commands/tokens/rotate-token.handler.js';
import { TokensController } from './commands/tokens/tokens.controller.js';
import { UnlockSignInController } from './commands/unlock-sign-in/unlock-sign-in.controller.js';
import { UnlockSignInHandler } from './commands/unlock-sign-in/unlock-sign-in.handler.js';
import { CredentialStore } from './credentials/credential-store.js';
import { Passwords } from './credentials/passwords.js';
import { Keystore } from './keystore/index.js';
import { GetMeHandler } from './queries/me/query.js';
import { MeController } from './queries/me/me.controller.js';
import { GetRightsHandler } from './queries/rights/query.js';
import { RightsController } from './queries/rights/rights.controller.js';
import { ListTokensHandler } from './queries/token-list/query.js';
import { TokenListController } from './queries/token-list/token-list.controller.js';
import { ListUsersHandler } from './queries/user-list/query.js';
import { UserListController } from './queries/user-list/user-list.controller.js';
import { MlflowAccounts } from './mlflow/mlflow-accounts.js';
import { Resources } from './mlflow/resources.js';
import { MlflowRolePermissionsController } from './mlflow/role-permissions.controller.js';
import { MlflowRolesController } from './mlflow/roles.controller.js';
import { RolesWire } from './mlflow/roles-wire.js';
import { MlflowUserListController } from './mlflow/user-list.controller.js';
import { MlflowUserPermissionsController } from './mlflow/user-permissions.controller.js';
import { MlflowUsersController } from './mlflow/users.controller.js';
import { ChangeNamedRolesHandler, NamedRoles } from './named-roles/named-roles.js';
import { Accounts } from './user/accounts.js';
import { Registration } from './user/registration.js';

const COMMAND_HANDLERS = [
  BootstrapAdministratorHandler,
  ChangeNamedRolesHandler,
  ChangePasswordHandler,
  ChangeRolesHandler,
  CreateUserHandler,
  DisableUserHandler,
  EnsureWorkerAccountHandler,
  GrantRoleHandler,
  IssueTokenHandler,
  ResetPasswordHandler,
  RevokeRoleGrantHandler,
  RevokeTokenHandler,
  RotateTokenHandler,
  UnlockSignInHandler,
];

const CONTROLLERS = [
  // `users/me` before `users/:id`.
  MeController,
  RightsController,
  PasswordsController,
  RoleGrantsController,
  ChangeRolesController,
  CreateUserController,
  DisableUserController,
  UnlockSignInController,
  TokensController,
  TokenListController,
  UserListController,
  MlflowUsersController,
  MlflowUserListController,
  MlflowRolesController,
  MlflowRolePermissionsController,
  MlflowUserPermissionsController,
];

/** Commands and the access policy, for processes without HTTP (workers, the command line). */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [
    {
      provide: CredentialStore,
      useFactory: (keystore: Keystore) => CredentialStore.open(keystore.folder),
      inject: [Keystore],
    },
    { provide: IDENTITY_CLOCK, useValue: systemClock },
    { provide: AccessPolicy, useClass: MatrixAccessPolicy },
    Accounts,
    AccessTrail,
    ClientSeals,
    NamedRoles,
    RequestContexts,
    Passwords,
    Permissions,
    Registration,
    ...COMMAND_HANDLERS,
  ],
  exports: [
    CredentialStore,
    IDENTITY_CLOCK,
    AccessPolicy,
    Accounts,
    AccessTrail,
    NamedRoles,
    RequestContexts,
    Passwords,
    Permissions,
  ],
})
export class IdentityCoreModule {}

/** The room with its routes and the guard; the application makes the guard global. */
@Global()
@Module({})
export class IdentityModule {
  /** `open`: no accounts, loopback only, everybody unverified. */
  static forRoot({ open }: { readonly open: boolean }): DynamicModule {
    return {
      module: IdentityModule,
      imports: [CqrsModule, IdentityCoreModule],
      controllers: CONTROLLERS,
      providers: [
        { provide: Identification, useClass: open ? OpenIdentification : AccountIdentification },
        AccessGuard,
        SignInLocks,
        GetMeHandler,
        GetRightsHandler,
        ListTokensHandler,
        ListUsersHandler,
        MlflowAccounts,
        Resources,
        RolesWire,
      ],
      exports: [AccessGuard, IdentityCoreModule],
    };
  }
}
