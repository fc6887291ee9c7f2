import { type Command, Option } from 'commander';
import { type AuditQuestion, registerAuditCommand, type WirePage } from '../audit/index.js';
import { errors } from '../core/index.js';

/** `custody audit`: the audit room's command, asked of a server over HTTP. */
export function registerAudit(program: Command): void {
  const { columns, isTTY } = process.stdout;
  const style = isTTY ? { width: columns, color: !process.env['NO_COLOR'] } : { color: false };
  registerAuditCommand(program, { query: (question, { url }) => ask(String(url), question), print: console.log, style })
    .addOption(new Option('--url <url>', 'the server').env('CUSTODY_URL').default('http://127.0.0.1:5000'))
    .addHelpText(
      'after',
      '\nThe token of someone who may read the trail is taken from CUSTODY_TOKEN (POST /api/v1/tokens makes one).',
    );
}

async function ask(url: string, { action = [], ...question }: AuditQuestion): Promise<WirePage> {
  const query = new URLSearchParams(action.map((each) => ['action', each]));
  for (const [name, value] of Object.entries(question)) if (value !== undefined) query.set(name, String(value));
  const secret = process.env['CUSTODY_TOKEN'];
  const headers = secret ? { authorization: `Bearer ${secret}` } : {};
  const address = `${url.replace(/\/$/, '')}/api/v1/audit/events?${query.toString()}`;
  const response = await fetch(address, { headers }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw errors.unavailable(
      'no-server',
      `no server answers at ${url}: start one with custody serve, or name another with --url (${why})`,
    );
  });
  const body = (await response.json().catch(() => ({}))) as WirePage & { detail?: string };
  if (response.ok) return body;
  if (response.status === 401) {
    throw errors.unauthenticated('no-token', 'the server does not know you: put a token into CUSTODY_TOKEN');
  }
  throw errors.invalid('refused', body.detail ?? `the server answered ${response.status}`);
}
