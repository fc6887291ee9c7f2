import { DynamicModule, Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { systemClock } from '../core/index.js';
import { AccessPolicy } from '../http/access-policy.js';
import { AccessGuard } from './access/access.guard.js';
import { AccessTrail } from './access/access-trail.js';
import { AccountIdentification } from './access/account-identification.js';
import { ClientSeals } from './access/client-seals.js';
import { FailedSignIns } from './access/failed-sign-ins.js';
import { Identification } from './access/identification.js';
import { MatrixAccessPolicy } from './access/matrix-access-policy.js';
import { Permissions } from './access/permissions.js';
import { OpenIdentification } from './access/open-identification.js';
import { PasswordSignIn } from './access/password-sign-in.js';
import { RequestContexts } from './access/request-context.js';
import { SignInLocks } from './access/sign-in-locks.js';
import { BreakGlassController } from './break-glass/break-glass.controller.js';
import { AllowBreakGlassHandler, BreakGlassHandler } from './break-glass/break-glass.handlers.js';
import { ListBreakGlassReviewsHandler } from './break-glass/reviews.handler.js';
import { DeedsReader } from './break-glass/review/deeds.js';
import { Independence } from './break-glass/review/independence.js';
import { OpenBreakGlassReviews } from './break-glass/review/open-reviews.js';
import { BreakGlassReviewApproval } from './break-glass/review/review-approval.js';
import { SignOffBreakGlassHandler } from './break-glass/sign-off.handler.js';
import { AdministratorAddresses } from './alerts/administrator-addresses.js';
import { Alerts } from './alerts/alerts.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { QueryAlertsHandler } from './alerts/query.js';
import { RepeatedDenials } from './alerts/repeated-denials.js';
import { AdministratorChanges } from './administrators/administrator-changes.js';
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
import { RecoverAdministrationHandler } from './commands/recover-administration/recover-administration.js';
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
import { BearerTokens } from './oidc/bearer-tokens.js';
import { BrowserSignInController } from './oidc/browser/browser-sign-in.controller.js';
import { BrowserSignIn } from './oidc/browser/browser-sign-in.js';
import { Identities } from './oidc/identities.js';
import { LinkIdentityController } from './oidc/link-identity/link-identity.controller.js';
import {
  LinkIdentityHandler,
  ListIdentitiesHandler,
  UnlinkIdentityHandler,
} from './oidc/link-identity/link-identity.handlers.js';
import { OIDC_OPTIONS } from './oidc/options.js';
import type { OidcOptions } from './oidc/options.js';
import { OidcProvider } from './oidc/provider.js';
import { DirectoryAccounts } from './oidc/directory-accounts.js';
import { ProviderAccounts } from './oidc/provider-accounts.js';
import { GetMeHandler } from './queries/me/query.js';
import { MeController } from './queries/me/me.controller.js';
import { GetRightsHandler } from './queries/rights/query.js';
import { RightsController } from './queries/rights/rights.controller.js';
import { ListTokensHandler } from './queries/token-list/query.js';
import { TokenListController } from './queries/token-list/token-list.controller.js';
import { People } from './queries/user-list/people.js';
import { ListUsersHandler } from './queries/user-list/query.js';
import { UserListController } from './queries/user-list/user-list.controller.js';
import { CodeCheck } from './second-factor/code-check.js';
import { ConfirmSecondFactorHandler, OfferSecondFactorHandler } from './second-factor/enrol.handlers.js';
import { FactorStore } from './second-factor/factor-store.js';
import { RemoveSecondFactorHandler, ResetSecondFactorHandler } from './second-factor/remove.handlers.js';
import { SecondFactorController } from './second-factor/second-factor.controller.js';
import { SessionIdentification } from './sessions/session-identification.js';
import { SessionStore } from './sessions/session-store.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { ListSessionsHandler, RevokeSessionHandler } from './sessions/sessions.handlers.js';
import { Sessions } from './sessions/sessions.js';
import { SignInController } from './sessions/sign-in.controller.js';
import { SignIn } from './sessions/sign-in.js';
import { QueryReadsHandler } from './reads/query.js';
import { ReadTrail } from './reads/read-trail.js';
import { ReadsController } from './reads/reads.controller.js';
import { RequestRates } from './strangers/request-rates.js';
import { Strangers } from './strangers/strangers.js';
import { Tallies } from './strangers/tallies.js';
import { ScimDiscoveryController } from './scim/discovery.controller.js';
import { GroupRolesController } from './scim/groups/group-roles.controller.js';
import { GroupRoles } from './scim/groups/group-roles.js';
import { ScimGroupsController } from './scim/groups/groups.controller.js';
import { PeopleRead } from './scim/users/people-read.js';
import { ScimUsers } from './scim/users/scim-users.js';
import { ScimUsersController } from './scim/users/users.controller.js';
import { MlflowAccounts } from './mlflow/mlflow-accounts.js';
import { Resources } from './mlflow/resources.js';
import { MlflowRolePermissionsController } from './mlflow/role-permissions.controller.js';
import { MlflowRolesController } from './mlflow/roles.controller.js';
import { RolesWire } from './mlflow/roles-wire.js';
import { MlflowUserListController } from './mlflow/user-list.controller.js';
import { MlflowUserPermissionsController } from './mlflow/user-permissions.controller.js';
import { MlflowUsersController } from './mlflow/users.controller.js';
import { ChangeNamedRolesHandler, NamedRoles } from './named-roles/named-roles.js';
import { Signer, SignerAccounts } from '../approvals/index.js';
import { AcceptanceController } from './signing/acceptance/acceptance.controller.js';
import { AcceptSignaturesHandler } from './signing/acceptance/accept-signatures.handler.js';
import { SigningComponents } from './signing/components.js';
import { FailedSignings } from './signing/failed-signings.js';
import { SigningController } from './signing/oidc/signing.controller.js';
import { GetSignatureHandler, ListSignaturesHandler, SignatureReader } from './signing/signatures/query.js';
import { SignaturesController } from './signing/signatures/signatures.controller.js';
import { StepUp } from './signing/oidc/step-up.js';
import { Signatories } from './signing/signatories.js';
import { IdentitySignerAccounts } from './signing/signer-accounts.js';
import { IdentitySigner } from './signing/signer.js';
import { TicketStore } from './signing/ticket-store.js';
import { SigningTickets } from './signing/tickets.js';
import { Accounts } from './user/accounts.js';
import { Registration } from './user/registration.js';
import { VerifyIdentityController } from './verification/verify-identity.controller.js';
import { VerifyIdentityHandler } from './verification/verify-identity.handler.js';

const COMMAND_HANDLERS = [
  AcceptSignaturesHandler,
  AllowBreakGlassHandler,
  BootstrapAdministratorHandler,
  BreakGlassHandler,
  ChangeNamedRolesHandler,
  ChangePasswordHandler,
  ChangeRolesHandler,
  ConfirmSecondFactorHandler,
  CreateUserHandler,
  DisableUserHandler,
  EnsureWorkerAccountHandler,
  GrantRoleHandler,
  IssueTokenHandler,
  LinkIdentityHandler,
  OfferSecondFactorHandler,
  RecoverAdministrationHandler,
  RemoveSecondFactorHandler,
  ResetPasswordHandler,
  ResetSecondFactorHandler,
  RevokeRoleGrantHandler,
  RevokeSessionHandler,
  RevokeTokenHandler,
  UnlinkIdentityHandler,
  RotateTokenHandler,
  UnlockSignInHandler,
  VerifyIdentityHandler,
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
  LinkIdentityController,
  UnlockSignInController,
  VerifyIdentityController,
  TokensController,
  TokenListController,
  UserListController,
  SignInController,
  SessionsController,
  BrowserSignInController,
  SecondFactorController,
  AcceptanceController,
  SigningController,
  SignaturesController,
  BreakGlassController,
  ReadsController,
  AlertsController,
  ScimDiscoveryController,
  ScimUsersController,
  ScimGroupsController,
  GroupRolesController,
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
    {
      provide: SessionStore,
      useFactory: (keystore: Keystore) => SessionStore.open(keystore.folder),
      inject: [Keystore],
    },
    {
      provide: FactorStore,
      useFactory: (keystore: Keystore) => FactorStore.open(keystore.folder),
      inject: [Keystore],
    },
    {
      provide: TicketStore,
      useFactory: (keystore: Keystore) => TicketStore.open(keystore.folder),
      inject: [Keystore],
    },
    { provide: IDENTITY_CLOCK, useValue: systemClock },
    { provide: AccessPolicy, useClass: MatrixAccessPolicy },
    Accounts,
    AccessTrail,
    AdministratorChanges,
    ClientSeals,
    CodeCheck,
    FailedSignIns,
    PasswordSignIn,
    NamedRoles,
    RequestContexts,
    SessionIdentification,
    Sessions,
    SignInLocks,
    Passwords,
    Permissions,
    Registration,
    Identities,
    Alerts,
    RepeatedDenials,
    FailedSignings,
    Signatories,
    SigningComponents,
    SigningTickets,
    IdentitySigner,
    { provide: Signer, useExisting: IdentitySigner },
    { provide: SignerAccounts, useClass: IdentitySignerAccounts },
    Strangers,
    Tallies,
    ...COMMAND_HANDLERS,
  ],
  exports: [
    Alerts,
    CodeCheck,
    Strangers,
    Tallies,
    CredentialStore,
    SessionStore,
    FactorStore,
    TicketStore,
    FailedSignIns,
    IDENTITY_CLOCK,
    PasswordSignIn,
    FailedSignings,
    Signatories,
    SigningComponents,
    SigningTickets,
    IdentitySigner,
    Signer,
    SignerAccounts,
    SessionIdentification,
    Sessions,
    SignInLocks,
    AccessPolicy,
    Accounts,
    AccessTrail,
    AdministratorChanges,
    NamedRoles,
    RequestContexts,
    Passwords,
    Permissions,
    Registration,
    Identities,
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
        {
          provide: OidcProvider,
          useFactory: (options?: OidcOptions) => options && new OidcProvider(options),
          inject: [{ token: OIDC_OPTIONS, optional: true }],
        },
        DirectoryAccounts,
        ProviderAccounts,
        BearerTokens,
        BrowserSignIn,
        StepUp,
        SignatureReader,
        GetSignatureHandler,
        ListSignaturesHandler,
        AccessGuard,
        SignIn,
        ListBreakGlassReviewsHandler,
        SignOffBreakGlassHandler,
        Independence,
        DeedsReader,
        BreakGlassReviewApproval,
        OpenBreakGlassReviews,
        ListSessionsHandler,
        ReadTrail,
        RequestRates,
        AdministratorAddresses,
        QueryAlertsHandler,
        People,
        QueryReadsHandler,
        GroupRoles,
        PeopleRead,
        ScimUsers,
        GetMeHandler,
        GetRightsHandler,
        ListIdentitiesHandler,
        ListTokensHandler,
        ListUsersHandler,
        MlflowAccounts,
        Resources,
        RolesWire,
      ],
      exports: [AccessGuard, ReadTrail, IdentityCoreModule],
    };
  }
}
