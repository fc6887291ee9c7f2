import { CommandContext } from '../../core/index.js';

/** Injection token of what the installation says about its directory. */
export const PROVISIONING = Symbol('provisioning');

export interface Provisioning {
  /** How the directory's people were identified before they came into it; without it each account waits for that. */
  readonly identityVerified?: string;
}

/** A directory gives no reason of its own. */
export const provisioned = (context: CommandContext): CommandContext => ({
  ...context,
  reason: context.reason ?? 'as the lab’s directory says (SCIM)',
});
