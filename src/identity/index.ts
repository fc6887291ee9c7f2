import { Projection } from '../projection/index.js';
import { EventDefinition } from '../core/index.js';
import { accessEvents } from './access/events.js';
import { directoryEvents } from './directory/directory.js';
import { namedRoleEvents } from './named-roles/catalogue.js';
import { tokenListProjection } from './queries/token-list/projection.js';
import { userListProjection } from './queries/user-list/projection.js';
import { userEvents } from './user/catalogue.js';

export { AccessGuard } from './access/access.guard.js';
export { AccessTrail } from './access/access-trail.js';
export { allows, MATRIX } from './access/matrix.js';
export { CLAIMED_NAME_HEADER, OPEN_ROLES } from './access/open-identification.js';
export { CORRELATION_HEADER, REASON_HEADER } from './access/request-context.js';
export { BootstrapAdministrator } from './commands/bootstrap-administrator/bootstrap-administrator.js';
export type { FirstAdministrator } from './commands/bootstrap-administrator/bootstrap-administrator.js';
export { ChangeRoles } from './commands/change-roles/change-roles.command.js';
export { CreateUser } from './commands/create-user/create-user.command.js';
export type { CreatedUser } from './commands/create-user/create-user.command.js';
export { DisableUser } from './commands/disable-user/disable-user.command.js';
export { EnsureWorkerAccount, WORKER_ID } from './commands/ensure-worker-account/ensure-worker-account.js';
export { ChangePassword, ResetPassword } from './commands/passwords/passwords.commands.js';
export { IssueToken, RevokeToken, RotateToken } from './commands/tokens/tokens.commands.js';
export type { IssuedToken, RotatedToken } from './commands/tokens/tokens.commands.js';
export { UnlockSignIn } from './commands/unlock-sign-in/unlock-sign-in.command.js';
export { LEVEL_ROLES } from './named-roles/levels.js';
export { PASSWORD_POLICY } from './credentials/password-policy.js';
export type { PasswordPolicy } from './credentials/password-policy.js';
export { TOKEN_POLICY } from './credentials/token-policy.js';
export type { TokenPolicy } from './credentials/token-policy.js';
export { IdentityCoreModule, IdentityModule } from './identity.module.js';
export { Keystore, KeystoreError } from './keystore/index.js';
export { reviewAccess } from './queries/access-review/access-review.js';
export type { AccountReview } from './queries/access-review/access-review.js';
export { GetMe } from './queries/me/query.js';
export { ListTokens } from './queries/token-list/query.js';
export { People } from './queries/user-list/people.js';
export { ListUsers } from './queries/user-list/query.js';

export const identityEvents: readonly EventDefinition[] = [
  ...directoryEvents,
  ...userEvents,
  ...namedRoleEvents,
  ...accessEvents,
];
export const identityProjections: readonly Projection[] = [userListProjection, tokenListProjection];
