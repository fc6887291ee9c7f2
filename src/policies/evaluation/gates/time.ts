import { fromIso } from '../../../core/index.js';
import { DAYS, FreezeWindow, Gate } from '../../document/policy.js';
import { Evidence } from '../evidence.js';
import { Finding } from '../gate-result.js';

type CoolDown = Extract<Gate, { gate: 'cool_down' }>;

const HOUR = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const millis = (text: string): number => fromIso(text)! / 1000;

export function coolDown(gate: CoolDown, { at, version, promotedAt }: Evidence): Finding {
  const now = millis(at);
  const wait = (since: number | undefined, hours: number | undefined, what: string): readonly string[] => {
    if (hours === undefined || since === undefined || now >= since + hours * HOUR) return [];
    return [`${hours} hours must pass after ${what}: not before ${iso(since + hours * HOUR)}`];
  };
  return {
    inputs: { at, registered: iso(version.createdAt), promoted: promotedAt === undefined ? null : iso(promotedAt) },
    missing: [
      ...wait(version.createdAt, gate.after_registration_hours, 'the version was registered'),
      ...wait(promotedAt, gate.after_promotion_hours, 'a version last came into Production'),
    ],
    fine: 'long enough ago',
  };
}

export function freeze(windows: readonly FreezeWindow[], { at }: Evidence): Finding {
  const closed = windows.filter((window) => isClosed(window, millis(at)));
  return {
    inputs: { at, windows: windows.map(({ name }) => name) },
    missing: closed.map((window) => `the window '${window.name}' is closed ${until(window)}`),
    fine: 'no freeze window is closed now',
  };
}

const until = (window: FreezeWindow): string =>
  'to' in window
    ? `until ${window.to}`
    : `on ${window.days.join(', ')} from ${window.start} to ${window.end} (${window.timezone})`;

function isClosed(window: FreezeWindow, now: number): boolean {
  if ('to' in window) return now >= millis(window.from) && now < millis(window.to);
  const { day, minute } = localTime(now, window.timezone);
  const [start, end] = [minuteOf(window.start), minuteOf(window.end)];
  const closedOn = (index: number) => window.days.includes(DAYS[(index + 7) % 7]!);
  if (start < end) return closedOn(day) && minute >= start && minute < end;
  return (closedOn(day) && minute >= start) || (closedOn(day - 1) && minute < end);
}

const minuteOf = (time: string): number => {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  return hours * 60 + minutes;
};

/** Monday is 0. */
function localTime(now: number, timeZone: string): { readonly day: number; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = DAYS.findIndex((name) => name === parts['weekday']!.toLowerCase());
  return { day, minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
}
