import { CommandContext, CustodyError, UserId } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { Action } from '../../http/index.js';

/** What a decision over an account denies is in the trail before it is answered. */
export async function recordingDenial<T>(
  decided: Promise<T>,
  policy: AccessPolicy,
  context: CommandContext,
  { userId, action = 'user:write' }: { readonly userId: UserId; readonly action?: Action },
): Promise<T> {
  try {
    return await decided;
  } catch (error) {
    if (!(error instanceof CustodyError && error.kind === 'denied')) throw error;
    const { code, message, field } = error;
    return policy.refuse(context, { action, code, message, field, resource: { kind: 'user', id: userId } });
  }
}
