import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditTable, WireEntry } from './audit-table.js';

const entry: WireEntry = {
  recorded_at: '2026-01-05T09:00:00.123456Z',
  actor: { id: 'u-1', name: 'kim', verified: true },
  action: 'TrainingRequested',
  resource: { kind: 'job', id: 'j-1' },
  outcome: 'ok',
};

describe('the table of the trail', () => {
  it('shows time, who, action, resource, outcome and reason', () => {
    const denied: WireEntry = {
      ...entry,
      actor: { id: 'worker', verified: false },
      on_behalf_of: { id: 'u-2', name: 'lee' },
      resource: { kind: 'run', id: 'r', name: 'weekly' },
      outcome: 'denied',
      reason: 'audit finding 7',
    };
    expect(auditTable([entry, denied], { color: false })).toEqual([
      'time (UTC)           who                          action             resource    outcome  reason',
      '2026-01-05 09:00:00  kim                          TrainingRequested  job j-1     ok',
      '2026-01-05 09:00:00  worker (unverified) for lee  TrainingRequested  run weekly  denied   audit finding 7',
    ]);
  });

  it('paints what did not take place red, and only where there is colour', () => {
    const failed = { ...entry, outcome: 'failed' };
    expect(auditTable([entry, failed], { color: true })[1]).not.toContain('\u001b');
    expect(auditTable([entry, failed], { color: true })[2]).toMatch(/^\u001b\[31m.*\u001b\[0m$/);
    expect(auditTable([entry, failed], { color: false })[2]).not.toContain('\u001b');
  });

  it('fits any terminal of 80 columns and more, whatever it is about, and keeps the time whole', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 80, max: 250 }), (name, reason, id, width) => {
        const wild = { ...entry, actor: { ...entry.actor, name }, reason, resource: { kind: 'model-version', id } };
        for (const line of auditTable([entry, wild], { width, color: false })) {
          expect(line.length).toBeLessThanOrEqual(width);
          expect(line).toMatch(/^(time \(UTC\)|2026-01-05 09:00:00) /);
        }
      }),
    );
  });

  it('lets nothing through that would command the terminal', () => {
    const evil = '\u001b[2Jgone\r\n\u009b31m\u202etxt';
    const [, line] = auditTable([{ ...entry, reason: evil }], { color: false });
    expect(line).toContain('\\u001b[2Jgone\\u000d\\u000a\\u009b31m\\u202etxt');
  });
});
