import type { Command } from 'commander';
import { ServerClient, ServerOptions, serverOptions } from './server-client.js';

const EXAMPLES = `
Examples:
  $ custody rollback lims_contamination_detector --reason "version 3 calls clean samples contaminated"
  $ custody rollback lims_contamination_detector --emergency --reason "no reviewer can be reached, and the plant waits"

Where approvals are in force for the model, a request for review opens by itself, and is overdue until somebody
independent has signed it (custody approvals).

With --emergency somebody who is allowed to break the glass takes the role reviewer for ten minutes and rolls back; that
is an alert at once, and stays overdue for review until somebody independent has signed it off (custody break-glass).`;

/** As long as it takes to look whether it helped, and to roll back once more. */
const EMERGENCY_MINUTES = 10;

/** `custody rollback`: the version that was in Production before, at once. */
export function registerRollback(program: Command): void {
  serverOptions(program.command('rollback <model>'))
    .description('put the version that was in Production before in the place of the present one, at once')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .option('--emergency', 'take the role reviewer in need first; it will be reviewed')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(rollBack);
}

type Flags = ServerOptions & { readonly reason: string; readonly emergency?: boolean; readonly json?: boolean };

interface RolledBack {
  readonly model_version: { readonly name: string; readonly version: string };
  readonly archived_versions: readonly string[];
  readonly moved_aliases: readonly string[];
  readonly aliases_left: readonly string[];
  readonly review?: { readonly number: number };
}

async function rollBack(model: string, { reason, emergency, json, ...options }: Flags): Promise<void> {
  const client = await ServerClient.of(options);
  const taken = emergency === true ? await breakGlass(client, reason) : undefined;
  const done = await client.post<RolledBack>(`/api/v1/models/${encodeURIComponent(model)}/rollback`, { reason });
  if (json === true) return console.log(JSON.stringify({ ...done, ...taken }));
  const { model_version: back, archived_versions: gone, moved_aliases: moved, aliases_left: left, review } = done;
  console.log(`version ${back.version} of ${back.name} is in Production again; archived: ${gone.join(', ')}`);
  if (moved.length > 0)
    console.log(`so ${moved.length > 1 ? 'are' : 'is'} ${moved.map((alias) => `@${alias}`).join(', ')}`);
  if (left.length > 0)
    console.error(
      `still on what was archived: ${left.map((alias) => `@${alias}`).join(', ')}; move what deployments load`,
    );
  if (review)
    console.error(
      `somebody else has to review that: request ${review.number} (custody approvals show ${review.number})`,
    );
  if (taken) console.error(`you took the role reviewer for that; it will be reviewed (${taken.review_id})`);
}

const breakGlass = (client: ServerClient, reason: string) =>
  client.post<{ readonly review_id: string }>(
    '/api/v1/break-glass',
    { role: 'reviewer', minutes: EMERGENCY_MINUTES },
    reason,
  );
