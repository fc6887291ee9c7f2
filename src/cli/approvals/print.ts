import { time } from '../output.js';
import { printable } from '../text-table.js';
import { Step, WireApproval, WireDecision } from './wire.js';

const say = (name: string, value: string): void => console.log(`${name.padEnd(14)}${printable(value)}`);

const steps = (all: readonly Step[]): string =>
  all.map(({ role, or = [], approvals }) => `${approvals} × ${[role, ...or].join(' or ')}`).join(', ') || 'nobody';

const until = ({ expires_at: at }: WireApproval): string => (at === undefined ? '' : `; until ${time(at)}`);

/** A review that nobody has signed. */
export const standing = ({ state, overdue }: Pick<WireApproval, 'state' | 'overdue'>): string =>
  overdue === true ? 'overdue' : state;

/** All that somebody needs to decide. What it says is what the signature covers, by its digest. */
export function printApproval(approval: WireApproval): void {
  const { number, title, state, rules, missing, dossier, you, why } = approval;
  say('request', `${number}: ${title} (${approval.approval_id})`);
  say('state', why === undefined ? standing(approval) : `${state}: ${why}`);
  say('asked', `${time(approval.requested_at)} (UTC) by ${approval.requested_by}${until(approval)}`);
  say('takes', `${steps(rules.steps)}${rules.steps.length > 1 ? `, ${rules.order}` : ''}`);
  if (state === 'open') say('still missing', steps(missing));
  for (const each of approval.decisions) say('signed', signature(each));
  for (const { by, at, comment } of approval.comments) say('comment', `${time(at)} ${by}: ${comment}`);
  if (state === 'open') say('you', you.may_decide ? 'may decide' : `may not decide: ${you.why ?? ''}`);
  console.log('');
  for (const line of lines(dossier.content)) console.log(printable(line));
  console.log('');
  say('digest', `${dossier.digest}${dossier.changed ? ' (changed since it was signed last)' : ''}`);
}

function signature({ printed_name: name, signer, decision, meaning, reason, signed_at: at, counts }: WireDecision) {
  const told = `${time(at)} (UTC) ${name ?? signer}: ${decision}, ${meaning}: ${reason}`;
  return counts ? told : `${told} (of an older dossier: does not count)`;
}

/** JSON as indented lines, without its punctuation. */
function lines(value: unknown, indent = '  '): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${text(value)}`];
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((each: unknown) => ['-', each] as const)
    : Object.entries(value);
  return entries.flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null
      ? [`${indent}${name}`, ...lines(inner, `${indent}  `)]
      : [`${indent}${name.padEnd(22)} ${text(inner)}`],
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
