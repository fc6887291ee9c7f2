import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { EventId, FixedClock, systemContext, uuidv7 } from '../../src/core/index.js';
import { openSqliteLedger } from '../../src/ledger/sqlite/index.js';
import { dataFolder, Proc } from '../support/custody.js';

const YEAR = 365 * 86_400_000;

let folder: ReturnType<typeof dataFolder>;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => folder.remove());

/** A log that ends a year from now is what a clock that was set back a year finds. */
it('a server whose clock was set back a year says so once, and times of the log stand still', async () => {
  const file = join(folder.path, 'log.db');
  const clock = new FixedClock((Date.now() + YEAR) * 1000);
  const before = await openSqliteLedger({ file, clock });
  const { actor, origin, correlationId } = systemContext(clock.now(), 'a test');
  const event = { id: uuidv7() as EventId, type: 'RunStarted', schema: 1, data: {}, actor, origin, correlationId };
  await before.append('another-stream', [{ ...event, type: 'ClockCaughtUp', data: { clock: 1, expected: 1 } }], 'any');
  await before.close();

  for (let start = 0; start < 2; start++) {
    const server = Proc.start(['serve', '--open', '--port', '0', '--data', folder.path, '--log-level', 'warn']);
    const { url } = await server.ready();
    const alerts = await fetch(`${url}/api/v1/audit/alerts`);
    if (alerts.status === 200) expect(await alerts.json()).toMatchObject({ alerts: [{ alert: 'clock-jumped' }] });
    expect(server.out.includes('the clock of a server jumped')).toBe(start === 0);
    await server.stop();
  }
  const after = await openSqliteLedger({ file, clock });
  const events = await after.readAll({ limit: 1000 });
  await after.close();
  const jumps = events.filter(({ type }) => type === 'ClockJumpedBack');
  expect(jumps).toHaveLength(1);
  expect(Math.round((jumps[0]!.data['byMicros'] as number) / 1000 / 86_400_000)).toBe(365);
  expect(new Set(events.map(({ recordedAt }) => recordedAt))).toEqual(new Set([clock.now()]));
});
