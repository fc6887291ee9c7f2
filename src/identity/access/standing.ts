import { Micros } from '../../core/index.js';
import { PasswordPolicy } from '../credentials/password-policy.js';
import { SecondFactorPolicy } from '../second-factor/second-factor-policy.js';
import { Account } from '../user/events.js';
import { Rights } from '../user/rights.js';
import { Identified } from './identification.js';

/** All of it, named roles included. */
type Held = Pick<Rights, 'roles' | 'scoped'>;

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

/** Whether somebody with these rights must have a second factor, wherever they hold. */
export const mustHaveFactor = ({ roles, scoped }: Held, { roles: strict }: SecondFactorPolicy): boolean =>
  strict.some((role) => roles.includes(role) || scoped.some((each) => each.role === role));

/** Whether somebody who signed in by password has to enrol a second factor before anything else. */
export const enrolFirst = (
  { secondFactor }: Account,
  held: Held,
  policy: SecondFactorPolicy,
): Pick<Identified, 'enrolFirst'> =>
  secondFactor === undefined && mustHaveFactor(held, policy) ? { enrolFirst: true } : {};
