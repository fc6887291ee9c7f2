import { Micros } from '../../core/index.js';
import { PasswordPolicy } from '../credentials/password-policy.js';
import { SecondFactorPolicy } from '../second-factor/second-factor-policy.js';
import { Account } from '../user/events.js';
import { rightsAt } from '../user/rights.js';
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

/** Whether somebody with these rights must have a second factor. */
export function mustHaveFactor(user: Account, { roles: strict }: SecondFactorPolicy, now: Micros): boolean {
  if (strict.length === 0) return false;
  const { roles, scoped } = rightsAt(user, now);
  return [...roles, ...scoped.map(({ role }) => role)].some((role) => strict.includes(role));
}

/** Whether somebody who signed in by password has to enrol a second factor before anything else. */
export const enrolFirst = (user: Account, policy: SecondFactorPolicy, now: Micros): Pick<Identified, 'enrolFirst'> =>
  user.secondFactor === undefined && mustHaveFactor(user, policy, now) ? { enrolFirst: true } : {};
