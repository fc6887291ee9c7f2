import type { Command } from 'commander';
import { type AuditQuestion, registerAuditCommand, type WirePage } from './audit-questions.js';
import { registerAuditReads } from './audit-reads.command.js';
import { ServerClient, ServerOptions, serverOptions } from '../server-client.js';
import { tableStyle } from '../table-style.js';

/** `custody audit`: the audit room's command, asked of a server over HTTP. */
export function registerAudit(program: Command): void {
  let client: Promise<ServerClient> | undefined;
  const query = async (question: AuditQuestion, options: ServerOptions) =>
    page(await (client ??= ServerClient.of(options)), question);
  const audit = registerAuditCommand(program, { query, print: console.log, style: tableStyle() });
  registerAuditReads(audit);
  serverOptions(audit).addHelpText(
    'after',
    '\nYou need a role that may read the trail: reviewer, auditor, privacy-officer or admin.',
  );
}

function page(client: ServerClient, { action = [], ...question }: AuditQuestion): Promise<WirePage> {
  const query = new URLSearchParams(action.map((each) => ['action', each]));
  for (const [name, value] of Object.entries(question)) if (value !== undefined) query.set(name, String(value));
  return client.get('/api/v1/audit/events', query);
}
