import { diff } from 'node:util';
import { printDryRun } from '../policies/output.js';
import { printable } from '../text-table.js';
import { named, PeopleWire } from './wire.js';

/** What the signature covers, for people: a policy as its text, what it changes and its trial; all else field by field. */
export function printDossier(content: unknown, people: PeopleWire): void {
  if (isPolicy(content)) return printPolicy({ ...content, author: named(content.author, people) });
  print(lines(content).map((line) => named(line, people)));
}

/** Of a request's dossier, the parts that a policy's approver reads. `document` says the same as `source`. */
interface PolicyDossier {
  readonly kind: 'policy';
  readonly type: string;
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly author: string;
  readonly source: string;
  readonly in_force: { readonly version: number; readonly source: string } | null;
  readonly dry_run: {
    readonly considered: number;
    readonly leftOut: readonly string[];
    readonly blocked: readonly {
      readonly at: string;
      readonly model: string;
      readonly version: number;
      readonly to: string;
      readonly why: readonly { readonly gate: string; readonly why: string }[];
    }[];
  } | null;
}

const isPolicy = (content: unknown): content is PolicyDossier =>
  typeof content === 'object' &&
  content !== null &&
  'kind' in content &&
  content.kind === 'policy' &&
  'source' in content;

function printPolicy({
  type,
  name,
  version,
  digest,
  author,
  source,
  in_force: now,
  dry_run: trial,
}: PolicyDossier): void {
  print(lines({ type, name, version, digest, author, in_force: now ? `version ${now.version}` : 'no version' }));
  console.log('');
  const changes = now === null || type === 'retire' ? undefined : now;
  console.log(changes ? `  its text, beside version ${changes.version}, which is in force:` : '  its text:');
  print(
    changes
      ? compared(source, changes.source)
      : source
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`),
  );
  if (!trial) return;
  console.log('');
  printDryRun({
    considered: trial.considered,
    blocked: trial.blocked.length,
    left_out: trial.leftOut,
    transitions: trial.blocked,
  });
}

const SIGNS = { '0': ' ', '1': '+', '-1': '-' } as const;

/** The whole text, with what is new marked by + and what goes by -. */
const compared = (text: string, before: string): readonly string[] =>
  diff(text.trimEnd().split('\n'), before.trimEnd().split('\n')).map(([kind, line]) => `  ${SIGNS[kind]} ${line}`);

const print = (all: readonly string[]): void => {
  for (const line of all) console.log(printable(line));
};

/** JSON as indented lines, without its punctuation; a text of several lines stands below its name. */
function lines(value: unknown, indent = '  '): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${text(value)}`];
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((each: unknown) => ['-', each] as const)
    : Object.entries(value);
  return entries.flatMap(([name, inner]) => {
    if (typeof inner === 'object' && inner !== null) return [`${indent}${name}`, ...lines(inner, `${indent}  `)];
    const told = text(inner);
    if (!told.includes('\n')) return [`${indent}${name.padEnd(22)} ${told}`];
    return [
      `${indent}${name}`,
      ...told
        .trimEnd()
        .split('\n')
        .map((line) => `${indent}  ${line}`),
    ];
  });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
