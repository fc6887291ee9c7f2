import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DoubleOptions, type EventStoreDouble, startDouble } from '../../../../test/eventstore-double/server.js';
import { Ledger } from '../../port/index.js';
import { EventStoreOptions, openEventStoreLedger } from '../index.js';

/** A double with its log in a directory of its own, its clients, and a restart that keeps port and log. */
export class DoubleStore {
  private readonly clients: Ledger[] = [];

  private constructor(
    private readonly directory: string,
    private readonly options: Partial<DoubleOptions>,
    public double: EventStoreDouble,
  ) {}

  /** `replica` is another node with the same log up to now. */
  static async start(options: Partial<DoubleOptions> = {}, replica?: DoubleStore): Promise<DoubleStore> {
    const directory = await mkdtemp(join(tmpdir(), 'custody-eventstore-'));
    if (replica) await copyFile(join(replica.directory, 'log'), join(directory, 'log'));
    const double = await startDouble({ file: join(directory, 'log'), ...options });
    return new DoubleStore(directory, options, double);
  }

  get connectionString(): string {
    return this.double.connectionString;
  }

  async open(options: Partial<EventStoreOptions> = {}): Promise<Ledger> {
    const ledger = await openEventStoreLedger({ connectionString: this.connectionString, ...options });
    this.clients.push(ledger);
    return ledger;
  }

  async restart(): Promise<void> {
    await this.double.stop();
    await this.resume();
  }

  async resume(): Promise<void> {
    this.double = await startDouble({ file: join(this.directory, 'log'), ...this.options, port: this.double.port });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await this.double.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
