import { CommandContext, ResourceRef } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';

/** A token that is limited must not get its holder one that is not. */
export async function refuseLimited(
  policy: AccessPolicy,
  context: CommandContext,
  resource: ResourceRef,
): Promise<void> {
  if (context.limits === undefined) return;
  await policy.refuse(context, {
    action: 'self:write',
    code: 'token-limited',
    message: 'a limited token makes no secrets: sign in with a password, or with a token without limits',
    resource,
  });
}
