import type { Command } from 'commander';
import { jsonCommand, ServerClient, ServerOptions } from '../server-client.js';

const EXAMPLES = `
Examples:
  $ custody erase kim --reason "left, asked to be forgotten on 12 March"
  $ custody erase u-01890a5d-ac96-774b-bcce-b302099a8057 --reason "ticket 4711"
It takes effect once a privacy officer and an auditor have approved it. What destroying the key means, and what
it does not reach (free texts, the contents of files), is in docs/privacy.md.`;

interface Asked {
  readonly approval_id: string;
  readonly number: number;
  readonly user_id: string;
}

/** `custody erase SUBJECT`: asks that a person be erased. */
export function registerErase(program: Command): void {
  jsonCommand(program.command('erase <subject>'))
    .description('ask that a person be erased (GDPR Art. 17): their login or id')
    .requiredOption('--reason <text>', 'why; it stays readable, so it must not name the person')
    .addHelpText('after', EXAMPLES)
    .action(erase);
}

async function erase(subject: string, flags: ServerOptions & { readonly json?: boolean; readonly reason: string }) {
  const client = await ServerClient.of(flags);
  const who = /^u-[0-9a-f]{8}-/.test(subject) ? { user_id: subject } : { login: subject };
  const asked = await client.post<Asked>('/api/v1/erasures', { ...who, reason: flags.reason });
  if (flags.json === true) return console.log(JSON.stringify(asked));
  console.log(`erasing ${asked.user_id} is up for approval: request ${asked.number} (${asked.approval_id})`);
  console.log(
    `nothing is erased before a privacy officer and an auditor approve: custody approvals show ${asked.number}`,
  );
}
