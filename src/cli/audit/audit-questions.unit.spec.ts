import { describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { AuditQuestion, registerAuditCommand, WirePage } from './audit-questions.js';
import { WireEntry } from './audit-table.js';

const entry = (action: string): WireEntry => ({
  recorded_at: '2026-01-05T09:00:00.000000Z',
  actor: { id: 'u-1', verified: true },
  action,
  resource: { kind: 'run', id: 'a' },
  outcome: 'ok',
});

/** Runs the command against a trail of so many events. */
async function audit(total: number, ...flags: readonly string[]) {
  const asked: AuditQuestion[] = [];
  const lines: string[] = [];
  const query = async (question: AuditQuestion): Promise<WirePage> => {
    asked.push(question);
    const from = Number(question.page_token ?? 0);
    const to = Math.min(from + question.limit, total);
    const events = Array.from({ length: to - from }, (_, index) => entry(`Event${from + index}`));
    return { events, complete_to: total, ...(to < total ? { next_page_token: String(to) } : {}) };
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerAuditCommand(program, { query, print: (line) => lines.push(line), style: { color: false } }).exitOverride();
  await program.parseAsync(['audit', ...flags], { from: 'user' });
  return { asked, lines };
}

describe('custody audit', () => {
  it('asks what its flags say', async () => {
    const flags =
      '--analyst kim --from 2026-01-01 --to 2026-02-01 --action A B --resource run:a --outcome ok --order asc';
    const { asked } = await audit(1, ...flags.split(' '), '--limit', '7');
    const { page_token, ...question } = asked[0]!;
    expect(page_token).toBeUndefined();
    expect(question).toEqual({
      analyst: 'kim',
      from: '2026-01-01',
      to: '2026-02-01',
      action: ['A', 'B'],
      resource: 'run:a',
      outcome: 'ok',
      order: 'asc',
      limit: 7,
    });
  });

  it('goes on through as many pages as the limit needs', async () => {
    const { asked, lines } = await audit(3000, '--limit', '2500');
    expect(asked.map(({ limit, page_token }) => [limit, page_token])).toEqual([
      [1000, undefined],
      [1000, '1000'],
      [500, '2000'],
    ]);
    expect(lines).toHaveLength(1 + 2500 + 1);
    expect(lines.at(-2)).toContain('Event2499');
    expect(lines.at(-1)).toBe('there are more; raise --limit, or narrow the question');
  });

  it('prints one JSON object a line and nothing else with --json', async () => {
    const { lines } = await audit(3, '--json', '--limit', '2');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([entry('Event0'), entry('Event1')]);
  });

  it('says when nothing matches', async () => {
    expect((await audit(0)).lines).toEqual(['nothing in the trail matches']);
  });

  it.each([
    ['--limit', '0'],
    ['--limit', 'many'],
    ['--outcome', 'good'],
    ['--order', 'newest'],
  ])('%s %s is a usage error', async (...flags) => {
    await expect(audit(1, ...flags)).rejects.toThrow(CommanderError);
  });
});
