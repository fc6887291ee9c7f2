import Database from 'better-sqlite3';
import { Clock } from '../../../core/index.js';
import { Consumer, ConsumeOptions, ParkedEvent } from '../../port/index.js';
import { deliver, withDefaults } from '../../subscription/index.js';
import { ChangeWatch } from '../change-watch.js';
import { Reader } from '../reader.js';
import { GroupMember } from './group-member.js';
import { GroupStore } from './group-store.js';
import { openConsumers } from './open-consumers.js';

/** The consumers of this process. The file beside the log is opened when it is first needed. */
export class SqliteConsumers {
  private opened: { readonly db: Database.Database; readonly store: GroupStore } | undefined;
  private readonly consumers = new Set<Consumer>();

  constructor(
    private readonly file: string,
    private readonly log: Reader,
    private readonly watch: ChangeWatch,
    private readonly clock: Clock,
  ) {}

  consume(group: string, options: ConsumeOptions, closed: AbortSignal): Consumer {
    const { store } = this.open();
    const all = withDefaults(options);
    store.ensureGroup(group, all.startFrom, () => this.log.head());
    const { log, watch, clock } = this;
    const consumer = deliver(new GroupMember(group, all, { store, log, watch, clock }), closed);
    this.consumers.add(consumer);
    return consumer;
  }

  parked(group: string): readonly ParkedEvent[] {
    const { store } = this.open();
    return store.parked(group).map(({ position, reason }) => ({ event: this.log.at(position), reason }));
  }

  replayParked(group: string): number {
    const replayed = this.open().store.replay(group);
    this.watch.ring();
    return replayed;
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
    this.opened?.db.close();
  }

  private open() {
    if (!this.opened) {
      const db = openConsumers(this.file);
      this.opened = { db, store: new GroupStore(db, this.file) };
      this.watch.add(db);
    }
    return this.opened;
  }
}
