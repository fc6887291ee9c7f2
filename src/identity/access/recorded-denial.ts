import { CommandContext, CustodyError, ResourceRef } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { Action } from '../../http/index.js';

/** What a decision denies is in the trail before it is answered. */
export async function recordingDenial<T>(
  decided: Promise<T>,
  policy: AccessPolicy,
  context: CommandContext,
  { resource, action = 'user:write' }: { readonly resource: ResourceRef; readonly action?: Action },
): Promise<T> {
  try {
    return await decided;
  } catch (error) {
    if (!(error instanceof CustodyError && error.kind === 'denied')) throw error;
    const { code, message, field } = error;
    return policy.refuse(context, { action, code, message, field, resource });
  }
}
