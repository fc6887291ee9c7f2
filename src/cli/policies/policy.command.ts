import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { errors } from '../../core/index.js';
import { printList } from '../output.js';
import { WrongUsage } from '../exit-codes.js';
import { ServerClient, ServerOptions, serverOptions } from '../server-client.js';
import { DryRunWire, printDryRun, printGates } from './output.js';
import { GatesWire, PolicyWire, VersionWire } from './wire.js';

const EXAMPLES = `
Examples:
  $ custody policy check lims-production.yaml                  # needs no server
  $ custody policy check lims-production.yaml --dry-run        # what it would have blocked
  $ custody policy publish lims-production.yaml --reason "two signatures for everything in Production"
  $ custody policy explain lims_contamination_detector 3       # what is still missing for Production
  $ custody policy show lims-production --source
Ready-made policies to begin with are in examples/policies; docs/policies.md describes each field.`;

const API = '/api/v1/policies';
const pathOf = (name: string): string => `${API}/${encodeURIComponent(name)}`;

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly transitions?: string;
  readonly stage?: string;
  readonly alias?: string;
  readonly source?: boolean;
  readonly policyVersion?: string;
};

/** `custody policy …`: what must hold before a version goes into production, over HTTP. */
export function registerPolicy(program: Command): void {
  const policy = program
    .command('policy')
    .description('check, publish, list and explain the policies that guard stages and aliases')
    .addHelpText('after', EXAMPLES);
  const add = (command: Command) => serverOptions(command.option('--json', 'JSON instead of a table'));
  add(policy.command('check <file>'))
    .description('check a policy without a server; with --dry-run, try it on the history that a server has')
    .option('--dry-run', 'also ask the server which of the last moves it would have blocked, and why')
    .option('--transitions <n>', 'how many of the last moves (at most 200); implies --dry-run')
    .action(check);
  add(policy.command('publish <file>'))
    .description('write a version down, try it on the history, and ask for its approval')
    .requiredOption('--reason <text>', 'why; the approvers read it')
    .action(publish);
  add(policy.command('retire <name>'))
    .description('ask that a policy be in force no more')
    .requiredOption('--reason <text>', 'why; the approvers read it')
    .action(retire);
  add(policy.command('explain <model> <version>'))
    .description('what is still missing before a version may move, gate by gate, and who will have to approve')
    .option('--stage <stage>', 'where it should go; Production by default')
    .option('--alias <alias>', 'the alias that it should get instead')
    .action(explain);
  add(policy.command('list')).description('all policies').action(list);
  add(policy.command('show <name>'))
    .description('a policy with its versions, or one of them')
    .option('--policy-version <n>', 'this version; without --source, its digest, author and trial')
    .option('--source', 'its text as it was written')
    .action(show);
}

async function sourceOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new WrongUsage(missing ? `there is no file ${file}` : `${file} can't be read: ${(error as Error).message}`);
  });
}

async function check(file: string, flags: Flags): Promise<void> {
  const source = await sourceOf(file);
  const { checkPolicy, sentence } = await import('../../policies/index.js');
  const checked = checkPolicy(source);
  const json = flags.json === true;
  if (!checked.ok) {
    if (json) console.log(JSON.stringify({ valid: false, problems: checked.problems }));
    else for (const problem of checked.problems) console.error(`${file}: ${sentence(problem)}`);
    const many = checked.problems.length > 1 ? `${checked.problems.length} things are wrong` : 'something is wrong';
    throw errors.invalid('policy-invalid', `${many} in ${file}`);
  }
  const { name } = checked.document;
  if (flags.dryRun !== true && flags.transitions === undefined)
    return console.log(json ? JSON.stringify({ valid: true, name, problems: [] }) : `${file}: ${name} is in order`);
  const client = await ServerClient.of(flags);
  const transitions = flags.transitions === undefined ? {} : { transitions: count(flags.transitions) };
  const answer = await client.post<{ dry_run: DryRunWire }>(`${API}/check`, { source, ...transitions });
  if (json) console.log(JSON.stringify(answer));
  else {
    console.log(`${file}: ${name} is in order`);
    printDryRun(answer.dry_run);
  }
}

function count(given: string): number {
  if (/^\d{1,3}$/.test(given) && Number(given) > 0 && Number(given) <= 200) return Number(given);
  throw new WrongUsage('--transitions is a whole number from 1 to 200');
}

interface Asked {
  readonly approval_id: string;
  readonly number: number;
  readonly state: string;
}

const told = ({ number }: Asked): string =>
  `it takes effect with the last approval; custody approvals show ${number} tells who can give it`;

async function publish(file: string, flags: Flags): Promise<void> {
  const source = await sourceOf(file);
  const { checkPolicy } = await import('../../policies/index.js');
  const checked = checkPolicy(source);
  if (!checked.ok) return check(file, { ...flags, dryRun: false });
  const client = await ServerClient.of(flags);
  const { name, version } = await client.post<VersionWire>(API, { source });
  const place = `${pathOf(name)}/versions/${version}`;
  const asked = await client.post<Asked>(`${place}/proposal`, { reason: flags.reason });
  if (flags.json === true) return console.log(JSON.stringify({ name, version, ...asked }));
  const { dry_run: trial } = await client.get<{ dry_run: DryRunWire | null }>(place);
  if (trial) printDryRun(trial);
  console.log(`${name} version ${version} is up for approval: request ${asked.number}`);
  console.log(told(asked));
}

async function retire(name: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const asked = await client.post<Asked>(`${pathOf(name)}/retirement`, { reason: flags.reason });
  if (flags.json === true) return console.log(JSON.stringify(asked));
  console.log(`retiring ${name} is up for approval: request ${asked.number}`);
  console.log(told(asked));
}

async function explain(model: string, version: string, flags: Flags): Promise<void> {
  const { stage, alias } = flags;
  if (stage !== undefined && alias !== undefined) throw new WrongUsage('give --stage or --alias, not both');
  const client = await ServerClient.of(flags);
  const query = new URLSearchParams({
    ...(stage === undefined ? {} : { stage }),
    ...(alias === undefined ? {} : { alias }),
  });
  const path = `/api/v1/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(version)}/gates`;
  const found = await client.get<GatesWire>(path, query);
  if (flags.json === true) console.log(JSON.stringify(found));
  else printGates(found);
}

async function list(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const { policies } = await client.get<{ policies: readonly PolicyWire[] }>(API);
  printList(policies, {
    json: flags.json === true,
    head: ['name', 'status', 'in force', 'latest', 'models', 'protects'],
    row: ({ name, status, version_in_force: now, latest_version: latest, models, protects }) => [
      name,
      status,
      now === null ? '' : String(now),
      String(latest),
      models.join(', '),
      [...protects.stages, ...protects.aliases.map((alias) => `@${alias}`)].join(', '),
    ],
    none: 'there is no policy: custody policy publish makes one',
  });
}

async function show(name: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const policy = await client.get<PolicyWire & { readonly versions: readonly VersionWire[] }>(pathOf(name));
  const version = flags.policyVersion ?? String(policy.version_in_force ?? policy.latest_version);
  if (flags.source === true || flags.policyVersion !== undefined) {
    const found = await client.get<VersionWire & { source: string; dry_run: DryRunWire | null }>(
      `${pathOf(name)}/versions/${encodeURIComponent(version)}`,
    );
    if (flags.json === true) return console.log(JSON.stringify(found));
    if (flags.source === true) return void process.stdout.write(found.source);
    console.log(`${name} version ${found.version}: ${found.status}, by ${found.author}\ndigest ${found.digest}`);
    if (found.dry_run) printDryRun(found.dry_run);
    return;
  }
  printList(policy.versions, {
    json: flags.json === true,
    head: ['version', 'status', 'author', 'digest'],
    row: ({ version: number, status, author, digest }) => [String(number), status, author, digest.slice(0, 16)],
    none: 'it has no version',
  });
}
