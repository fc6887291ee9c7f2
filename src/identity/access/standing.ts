import { Micros } from '../../core/index.js';
import { PasswordPolicy } from '../credentials/password-policy.js';
import { Account } from '../user/events.js';
import { Identified } from './identification.js';

const DAY_MICROS = 86_400_000_000;

/** When the password becomes too old; never, where none does. */
export function agesAt({ password }: Account, { maxAgeDays }: PasswordPolicy): number | undefined {
  return maxAgeDays === 0 ? undefined : (password?.setAt ?? 0) + maxAgeDays * DAY_MICROS;
}

/** Whether somebody who showed the account's password has to set another before anything else. */
export function changeFirst(user: Account, policy: PasswordPolicy, now: Micros): Pick<Identified, 'changeFirst'> {
  if (user.mustChangePassword) return { changeFirst: 'one-time' };
  const ages = agesAt(user, policy);
  return ages !== undefined && ages <= now ? { changeFirst: 'aged' } : {};
}
