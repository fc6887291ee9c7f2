import { errors } from '../../core/index.js';

const MAX_REASON = 1000;
/** Control characters, and those that make text read other than it is written. */
const UNFIT = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Node hands out header bytes as Latin-1; clients that mean UTF-8 get it, others keep their Latin-1. */
export function headerText(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value)) return value;
  try {
    return strictUtf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

/** Why somebody does something, as they say; `undefined` when they say nothing. */
export function checkedReason(value: string | undefined, field: string): string | undefined {
  const reason = value?.trim();
  if (!reason) return undefined;
  if (reason.length > MAX_REASON)
    throw errors.invalid('invalid-reason', `a reason has at most ${MAX_REASON} characters`, field);
  if (UNFIT.test(reason) || !reason.isWellFormed())
    throw errors.invalid('invalid-reason', 'a reason is one line of plain text', field);
  return reason;
}
