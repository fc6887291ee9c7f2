import { time } from '../output.js';
import { printable } from '../text-table.js';
import { printDossier } from './dossier.js';
import { named, Step, WireApproval, WireDecision } from './wire.js';

const say = (name: string, value: string): void => console.log(`${name.padEnd(14)}${printable(value)}`);

const steps = (all: readonly Step[]): string =>
  all.map(({ role, or = [], approvals }) => `${approvals} × ${[role, ...or].join(' or ')}`).join(', ') || 'nobody';

const until = ({ expires_at: at }: WireApproval): string => (at === undefined ? '' : `; until ${time(at)}`);

/** A review that nobody has signed. */
export const standing = ({ state, overdue }: Pick<WireApproval, 'state' | 'overdue'>): string =>
  overdue === true ? 'overdue' : state;

/** All that somebody needs to decide. What it says is what the signature covers, by its digest. */
export function printApproval(approval: WireApproval): void {
  const { number, title, state, rules, missing, dossier, you, why, people } = approval;
  const told = (text: string): string => named(text, people);
  say('request', `${number}: ${title} (${approval.approval_id})`);
  say('state', why === undefined ? standing(approval) : `${state}: ${why}`);
  say('asked', `${time(approval.requested_at)} (UTC) by ${told(approval.requested_by)}${until(approval)}`);
  say('takes', `${steps(rules.steps)}${rules.steps.length > 1 ? `, ${rules.order}` : ''}`);
  if (state === 'open') say('still missing', steps(missing));
  for (const each of approval.decisions) say('signed', told(signature(each)));
  for (const { by, at, comment } of approval.comments) say('comment', `${time(at)} ${told(by)}: ${comment}`);
  if (state === 'open') say('you', you.may_decide ? 'may decide' : told(`may not decide: ${you.why ?? ''}`));
  console.log('');
  printDossier(dossier.content, people);
  console.log('');
  say('digest', `${dossier.digest}${dossier.changed ? ' (changed since it was signed last)' : ''}`);
}

function signature({
  printed_name: name,
  signer,
  decision,
  meaning,
  reason,
  signed_at: at,
  why_not: why,
}: WireDecision) {
  const told = `${time(at)} (UTC) ${name ?? signer}: ${decision}, ${meaning}: ${reason}`;
  return why === undefined ? told : `${told} (does not count: ${why})`;
}
