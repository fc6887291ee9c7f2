import type { Report } from '../../evidence/verify/index.js';

const count = (value: number): string => value.toLocaleString('en');
const SHOWN = 20;

/** The report in words: the verdict first, what is wrong, whose keys were believed, and what nobody could tell. */
export function reportText(report: Report): readonly string[] {
  const { holds, first, findings, found, place } = report;
  const others = findings.filter((finding) => finding !== first).slice(0, SHOWN);
  const rest = found - others.length - 1;
  return [
    holds ? `${place} holds: ${summary(report)}` : `${place} is WRONG`,
    ...(first ? [`first: ${first.message}`] : []),
    ...others.map(({ message }) => `  also: ${message}`),
    ...(rest > 0 ? [`  and ${count(rest)} more`] : []),
    ...(holds ? [] : [`looked at: ${summary(report)}`]),
    ...keysText(report),
    ...report.unknownTypes.map((type) => `unknown: ${type}`),
    ...report.notes.map((note) => `note: ${note}`),
  ];
}

function summary({ events, signatures, artifacts, checkpoints, origin }: Report): string {
  const parts = [
    `${count(events)} events${origin === undefined ? '' : ` of ${origin}`}`,
    `${count(checkpoints.length)} signed checkpoints`,
    `${count(signatures)} electronic signatures`,
    artifacts ? `${count(artifacts.checked)} artifacts` : 'no artifacts',
  ];
  return parts.join(', ');
}

/** A key that lay beside the log proves only that whoever wrote the one wrote the other. */
function keysText({ checkpoints }: Report): readonly string[] {
  const signedBy = (trust: string) => [
    ...new Set(checkpoints.filter((each) => each.trust === trust).flatMap((each) => each.signedBy)),
  ];
  const witnesses = [...new Set(checkpoints.flatMap((each) => each.witnesses))];
  return [
    ...signedBy('given').map((key) => `key: ${key} signed it, a key that you gave`),
    ...signedBy('came-along').map(
      (key) => `key: ${key} signed it, a key that came along with the log: compare it with the one you know (--key)`,
    ),
    ...witnesses.map((key) => `witness: ${key} has seen it`),
  ];
}
