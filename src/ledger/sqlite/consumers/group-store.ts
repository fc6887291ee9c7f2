import Database from 'better-sqlite3';
import { Position, START } from '../../../core/index.js';
import { translated } from '../errors.js';

export interface Claim {
  readonly position: Position;
  readonly retries: number;
}

export interface ParkedClaim {
  readonly position: Position;
  readonly reason: string;
}

/** The statements about groups and their deliveries. Times are in milliseconds. Several processes use one file. */
export class GroupStore {
  private readonly sql;

  constructor(
    private readonly db: Database.Database,
    private readonly file: string,
  ) {
    const run = (statement: string) => db.prepare<unknown[], never>(statement);
    const one = (statement: string) => db.prepare<unknown[], number>(statement).pluck();
    this.sql = {
      addGroup: run('INSERT OR IGNORE INTO groups VALUES (?, ?)'),
      clampGroup: run('UPDATE groups SET position = min(position, ?) WHERE name = ?'),
      forgetBeyond: run('DELETE FROM deliveries WHERE group_name = ? AND position > ?'),
      reached: one('SELECT position FROM groups WHERE name = ?'),
      advance: run('UPDATE groups SET position = ? WHERE name = ?'),
      keepAlive: run('INSERT OR REPLACE INTO consumers VALUES (?, ?)'),
      forgetConsumer: run('DELETE FROM consumers WHERE id = ?'),
      holding: one('SELECT count(*) FROM deliveries WHERE group_name = ? AND owner = ?'),
      held: one('SELECT count(*) FROM deliveries WHERE group_name = ? AND owner IS NOT NULL'),
      overdue: db.prepare<unknown[], Claim & { owner: string; late: number }>(
        `SELECT position, retries, owner, acknowledge_until <= :now AS late FROM deliveries
          WHERE group_name = :group AND owner IS NOT NULL
          AND (acknowledge_until <= :now OR owner NOT IN (SELECT id FROM consumers WHERE alive_until > :now))`,
      ),
      firstWaiting: db.prepare<unknown[], Claim>(
        `SELECT position, retries FROM deliveries WHERE group_name = ? AND owner IS NULL AND parked IS NULL ORDER BY position LIMIT 1`,
      ),
      hold: run('INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, NULL)'),
      done: run('DELETE FROM deliveries WHERE group_name = ? AND position = ? AND retries = ? AND owner = ?'),
      retry: run(
        'UPDATE deliveries SET owner = NULL, retries = retries + 1 WHERE group_name = ? AND position = ? AND retries = ? AND owner = ?',
      ),
      park: run(
        'UPDATE deliveries SET owner = NULL, parked = ? WHERE group_name = ? AND position = ? AND retries = ? AND owner = ?',
      ),
      release: run('UPDATE deliveries SET owner = NULL WHERE group_name = ? AND owner = ?'),
      parked: db.prepare<unknown[], ParkedClaim>(
        'SELECT position, parked AS reason FROM deliveries WHERE group_name = ? AND parked IS NOT NULL ORDER BY position',
      ),
      replay: run('UPDATE deliveries SET parked = NULL, retries = 0 WHERE group_name = ? AND parked IS NOT NULL'),
    };
  }

  /** All of it or nothing, with other processes kept out. */
  exclusively<T>(work: () => T): T {
    return translated(this.file, () => this.db.transaction(work).immediate());
  }

  /**
   * Makes the group unless it is there. A log restored from a backup ends before what its groups had
   * seen; they must not skip the events that will get those positions. (The head is asked for inside:
   * other consumers go on meanwhile.)
   */
  ensureGroup(group: string, startFrom: 'start' | 'end', head: () => Position): void {
    this.exclusively(() => {
      const end = head();
      this.sql.addGroup.run(group, startFrom === 'end' ? end : START);
      this.sql.clampGroup.run(end, group);
      this.sql.forgetBeyond.run(group, end);
    });
  }

  reached(group: string): number {
    return this.sql.reached.get(group) ?? 0;
  }

  advance(group: string, position: number): void {
    this.sql.advance.run(position, group);
  }

  keepAlive(consumer: string, until: number): void {
    translated(this.file, () => this.sql.keepAlive.run(consumer, until));
  }

  holding(group: string, consumer: string): number {
    return this.sql.holding.get(group, consumer) ?? 0;
  }

  /** By anybody, dead or alive. */
  held(group: string): number {
    return this.sql.held.get(group) ?? 0;
  }

  overdue(group: string, now: number): readonly (Claim & { readonly owner: string; readonly late: number })[] {
    return this.sql.overdue.all({ group, now });
  }

  firstWaiting(group: string): Claim | undefined {
    return this.sql.firstWaiting.get(group);
  }

  hold(group: string, { position, retries }: Claim, owner: string, acknowledgeUntil: number): void {
    this.sql.hold.run(group, position, retries, owner, acknowledgeUntil);
  }

  // The three answers do nothing when the delivery is no longer this owner's: they came too late.

  done(group: string, { position, retries }: Claim, owner: string): void {
    translated(this.file, () => this.sql.done.run(group, position, retries, owner));
  }

  retry(group: string, { position, retries }: Claim, owner: string): void {
    translated(this.file, () => this.sql.retry.run(group, position, retries, owner));
  }

  park(group: string, { position, retries }: Claim, owner: string, reason: string): void {
    translated(this.file, () => this.sql.park.run(reason, group, position, retries, owner));
  }

  /** A consumer that closes has not failed: what it held comes again, uncounted. */
  release(group: string, owner: string): void {
    this.exclusively(() => {
      this.sql.release.run(group, owner);
      this.sql.forgetConsumer.run(owner);
    });
  }

  parked(group: string): readonly ParkedClaim[] {
    return translated(this.file, () => this.sql.parked.all(group));
  }

  replay(group: string): number {
    return translated(this.file, () => this.sql.replay.run(group).changes);
  }
}
