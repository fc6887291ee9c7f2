import { Projection } from '../projection/index.js';
import { EventDefinition } from '../core/index.js';
import { accessEvents } from './access/events.js';
import { breakGlassEvents } from './break-glass/catalogue.js';
import { breakGlassProjection } from './break-glass/projection.js';
import { administratorEvents } from './administrators/decide.js';
import { directoryEvents } from './directory/directory.js';
import { groupEvents } from './scim/groups/events.js';
import { namedRoleEvents } from './named-roles/catalogue.js';
import { tokenListProjection } from './queries/token-list/projection.js';
import { userListProjection } from './queries/user-list/projection.js';
import { linkEvents } from './oidc/catalogue.js';
import { secondFactorEvents } from './second-factor/catalogue.js';
import { sessionEvents } from './sessions/catalogue.js';
import { signingEvents } from './signing/catalogue.js';
import { addressesEvents } from './alerts/addresses.js';
import { alertsEvents } from './alerts/events.js';
import { alertsProjection } from './alerts/projection.js';
import { clockEvents } from './clock/events.js';
import { readsEvents } from './reads/events.js';
import { readsProjection } from './reads/projection.js';
import { strangersEvents } from './strangers/events.js';
import { userEvents } from './user/catalogue.js';

export { Alerts } from './alerts/alerts.js';
export { ClockWatch } from './clock/clock-watch.js';
export { AccessGuard } from './access/access.guard.js';
export { AccessTrail } from './access/access-trail.js';
export { allows, MATRIX, rolesThatMay } from './access/matrix.js';
export { CLAIMED_NAME_HEADER, OPEN_ROLES } from './access/open-identification.js';
export { CORRELATION_HEADER, REASON_HEADER } from './access/request-context.js';
export { BREAK_GLASS_POLICY } from './break-glass/break-glass-policy.js';
export type { BreakGlassPolicy } from './break-glass/break-glass-policy.js';
export { BootstrapAdministrator, FIRST_ROLES } from './commands/bootstrap-administrator/bootstrap-administrator.js';
export type { FirstAdministrator } from './commands/bootstrap-administrator/bootstrap-administrator.js';
export { ChangeRoles } from './commands/change-roles/change-roles.command.js';
export { CreateUser } from './commands/create-user/create-user.command.js';
export type { CreatedUser } from './commands/create-user/create-user.command.js';
export { DisableUser } from './commands/disable-user/disable-user.command.js';
export { EnsureWorkerAccount, WORKER_ID } from './commands/ensure-worker-account/ensure-worker-account.js';
export { ChangePassword, ResetPassword } from './commands/passwords/passwords.commands.js';
export { RecoverAdministration } from './commands/recover-administration/recover-administration.js';
export type { RecoveredAdministrator } from './commands/recover-administration/recover-administration.js';
export { IssueToken, RevokeToken, RotateToken } from './commands/tokens/tokens.commands.js';
export type { IssuedToken, RotatedToken } from './commands/tokens/tokens.commands.js';
export { UnlockSignIn } from './commands/unlock-sign-in/unlock-sign-in.command.js';
export { hasPeople } from './directory/has-people.js';
export { ErasureModule } from './erasure/erasure.module.js';
export { KnownPeople } from './erasure/known-people.js';
export { LEVEL_ROLES } from './named-roles/levels.js';
export { PASSWORD_POLICY } from './credentials/password-policy.js';
export type { PasswordPolicy } from './credentials/password-policy.js';
export { TOKEN_POLICY } from './credentials/token-policy.js';
export type { TokenPolicy } from './credentials/token-policy.js';
export { IdentityCoreModule, IdentityModule } from './identity.module.js';
export { Keystore, KeystoreError, unwrapMasterKey } from './keystore/index.js';
export { OIDC_OPTIONS } from './oidc/options.js';
export type { OidcOptions, RoleMap } from './oidc/options.js';
export { reviewAccess } from './queries/access-review/access-review.js';
export type { AccountReview } from './queries/access-review/access-review.js';
export { GetMe } from './queries/me/query.js';
export { ListTokens } from './queries/token-list/query.js';
export { Mailboxes } from './queries/mailboxes/mailboxes.js';
export { People } from './queries/user-list/people.js';
export { ListUsers } from './queries/user-list/query.js';

export { AcceptSignatures } from './signing/acceptance/accept-signatures.command.js';
export { IdentitySigner } from './signing/signer.js';
export { signaturesProjection } from './signing/signatures/projection.js';
export { SignedDossiers } from './signing/signatures/signed-dossiers.js';
export { SIGNING_POLICY } from './signing/signing-policy.js';
export type { SigningPolicy } from './signing/signing-policy.js';
export { SECOND_FACTOR_POLICY } from './second-factor/second-factor-policy.js';
export type { SecondFactorPolicy } from './second-factor/second-factor-policy.js';
export { SESSION_POLICY } from './sessions/session-policy.js';
export type { SessionPolicy } from './sessions/session-policy.js';
export { Sessions } from './sessions/sessions.js';
export type { StartedSession } from './sessions/sessions.js';
export type { Read, ReadQuestion, ReadThing } from './reads/batch.js';
export { ReadTrail } from './reads/read-trail.js';
export { TRAIL_SETTINGS } from './trail-settings.js';
export type { TrailSettings } from './trail-settings.js';

export { PROVISIONING } from './scim/provisioning.js';
export type { Provisioning } from './scim/provisioning.js';
export { SCIM_API, SCIM_JSON, scimError } from './scim/wire/problem.js';
export { VerifyIdentity } from './verification/verify-identity.command.js';

export const identityEvents: readonly EventDefinition[] = [
  ...directoryEvents,
  ...administratorEvents,
  ...userEvents,
  ...namedRoleEvents,
  ...groupEvents,
  ...linkEvents,
  ...sessionEvents,
  ...secondFactorEvents,
  ...breakGlassEvents,
  ...signingEvents,
  ...accessEvents,
  ...readsEvents,
  ...strangersEvents,
  ...alertsEvents,
  ...clockEvents,
  ...addressesEvents,
];
export const identityProjections: readonly Projection[] = [
  userListProjection,
  tokenListProjection,
  breakGlassProjection,
  readsProjection,
  alertsProjection,
];
