import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventCatalogue, EventId, FixedClock, systemContext, uuidv7 } from '../../core/index.js';
import { DecisionMaker, Ledger } from '../../ledger/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { Alerts } from '../alerts/alerts.js';
import { alertsEvents } from '../alerts/events.js';
import { ClockWatch } from './clock-watch.js';
import { clockEvents } from './events.js';

const YEAR = 365 * 86_400_000_000;
const MINUTE = 60_000_000;

describe('a server that watches its clock', () => {
  let wall: FixedClock;
  let ledger: Ledger;

  /** A process that starts now: its steady clock begins where the wall clock is. */
  const start = async () => {
    const steady = new FixedClock(wall.now());
    const decisions = new DecisionMaker(ledger, new EventCatalogue(clockEvents, alertsEvents));
    const watch = new ClockWatch(decisions, new Alerts(decisions), ledger, { wall, steady });
    await watch.look();
    const pass = (micros: number, set = 0) => {
      steady.advance(micros);
      wall.advance(micros + set);
      return watch.look();
    };
    return { pass };
  };
  const write = async () => {
    const { actor, origin, correlationId } = systemContext(wall.now(), 'a test');
    const event = { id: uuidv7() as EventId, type: 'Tested', schema: 1, data: {}, actor, origin, correlationId };
    await ledger.append('a-stream', [event], 'any');
  };
  const told = async () => (await ledger.readAll()).map(({ type }) => type).filter((type) => type !== 'Tested');
  const JUMPED = ['ClockJumpedBack', 'AlertRaised'];

  beforeEach(async () => {
    wall = new FixedClock();
    ledger = new MemoryLedger(wall);
    await write();
  });
  afterEach(async () => {
    const times = (await ledger.readAll()).map(({ recordedAt }) => recordedAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    await ledger.close();
  });

  it('says nothing while the clock goes on', async () => {
    const server = await start();
    for (let minute = 0; minute < 5; minute++) await server.pass(MINUTE);
    await server.pass(MINUTE, -1_000_000);
    wall.advance(YEAR);
    await start();
    expect(await told()).toEqual([]);
  });

  it('records a jump back of a year once, while it runs, after restarts, and until the clock is right again', async () => {
    const server = await start();
    await server.pass(MINUTE);
    await server.pass(MINUTE, -YEAR);
    await server.pass(MINUTE);
    await write();
    await (await start()).pass(MINUTE);
    await start();
    expect(await told()).toEqual(JUMPED);
    const [jump] = (await ledger.readAll()).filter(({ type }) => type === 'ClockJumpedBack');
    expect(jump!.data).toMatchObject({ byMicros: YEAR });
    wall.advance(YEAR);
    const again = await start();
    expect(await told()).toEqual([...JUMPED, 'ClockCaughtUp']);
    await again.pass(MINUTE, -YEAR);
    expect(await told()).toEqual([...JUMPED, 'ClockCaughtUp', ...JUMPED]);
  });

  it('finds at its start that the clock was set back while nothing ran', async () => {
    wall.advance(-YEAR);
    await start();
    await start();
    expect(await told()).toEqual(JUMPED);
  });

  it('records that the clock was set forward by a lot, and not that a machine slept for minutes', async () => {
    const server = await start();
    await server.pass(MINUTE, 5 * MINUTE);
    expect(await told()).toEqual([]);
    await server.pass(MINUTE, YEAR);
    await server.pass(MINUTE);
    expect(await told()).toEqual(['ClockJumpedForward', 'AlertRaised']);
  });

  it('goes on when the log is away, and records it when that is back', async () => {
    const server = await start();
    const append = ledger.append.bind(ledger);
    ledger.append = () => Promise.reject(new Error('away'));
    await server.pass(MINUTE, -YEAR);
    expect(await told()).toEqual([]);
    ledger.append = append;
    await server.pass(MINUTE);
    expect(await told()).toEqual(JUMPED);
  });
});
