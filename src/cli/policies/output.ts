import { printList, time } from '../output.js';
import { named } from '../approvals/wire.js';
import { GatesWire } from './wire.js';

export interface DryRunWire {
  readonly considered: number;
  readonly blocked: number;
  readonly left_out: readonly string[];
  readonly transitions: readonly {
    readonly at: string;
    readonly model: string;
    readonly version: number;
    readonly to: string;
    readonly why: readonly { readonly gate: string; readonly why: string }[];
  }[];
}

export function printDryRun({ considered, blocked, left_out: leftOut, transitions }: DryRunWire): void {
  if (considered === 0) return console.log('there is no move yet that it could be tried on');
  const moves = considered === 1 ? 'the last move' : `the last ${considered} moves`;
  console.log(
    blocked === 0 ? `it would have blocked none of ${moves}` : `it would have blocked ${blocked} of ${moves}:`,
  );
  if (blocked > 0)
    printList(transitions, {
      json: false,
      head: ['at (UTC)', 'model', 'version', 'to', 'why'],
      row: ({ at, model, version, to, why }) => [
        time(at),
        model,
        String(version),
        to,
        why.map((each) => `${each.gate}: ${each.why}`).join('; '),
      ],
      none: '',
    });
  if (leftOut.length > 0)
    console.log(`not tried on all of them, since their files are too much to read at once: ${leftOut.join(', ')}`);
}

export function printGates({ model, version, type, to, governed, passed, gates, approvals, people }: GatesWire): void {
  const where = type === 'alias' ? `@${to}` : to;
  if (!governed)
    return console.log(`no policy guards ${where} for ${model} version ${version}: the right to move it is enough`);
  printList(gates, {
    json: false,
    head: ['', 'gate', 'policy', 'why'],
    row: (each) => [each.passed ? 'pass' : 'FAIL', each.gate, each.policy, named(each.why, people)],
    none: 'no gate holds it up',
  });
  console.log(
    passed
      ? `${model} version ${version} may be asked for ${where}`
      : `${model} version ${version} may not go to ${where} yet`,
  );
  if (!approvals) return;
  const steps = approvals.steps.map(({ role, approvals: number }) => `${number} × ${role}`);
  console.log(`approvals: ${steps.join(approvals.order === 'sequential' ? ', then ' : ', ')}`);
  for (const { user_id: id, why } of approvals.excluded) console.log(named(`not by ${id}, who ${why}`, people));
}
