import { CommandContext } from '../../core/index.js';
import { checkedReason } from '../access/header-text.js';

/** The reason in the body, where there is one, in place of the header's. */
export function withReason(context: CommandContext, reason: string | undefined): CommandContext {
  const checked = checkedReason(reason, 'reason');
  return checked === undefined ? context : { ...context, reason: checked };
}
