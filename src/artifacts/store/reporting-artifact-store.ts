import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { Clock, systemContext } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { bytesDecider, bytesStream } from '../bytes/decide.js';
import { Finding } from '../bytes/events.js';
import { ArtifactStore, PutOptions, StoredBytes } from './artifact-store.js';
import { DamagedBytes, MissingBytes } from './store-errors.js';

interface Damage {
  readonly sha256: string;
  readonly finding: Finding;
  readonly actual?: string;
}

/**
 * Around any store: bytes that are damaged or missing are refused to whoever asked, and told to those who
 * must know, in the log of the server and as an event. That they could not be told changes no refusal.
 */
export class ReportingArtifactStore extends ArtifactStore {
  private readonly logger = new Logger(ReportingArtifactStore.name);

  constructor(
    private readonly inner: ArtifactStore,
    private readonly decisions: DecisionMaker,
    private readonly clock: Clock,
  ) {
    super();
  }

  put(body: Readable | Buffer, options?: PutOptions): Promise<StoredBytes> {
    return this.inner.put(body, options);
  }

  async open(sha256: string): Promise<Readable> {
    try {
      const stream = await this.inner.open(sha256);
      // Found only while the bytes were on their way: too late for an answer, not for a report.
      stream.once('error', (error) => void this.reported(error));
      return stream;
    } catch (error) {
      await this.reported(error);
      throw error;
    }
  }

  has(sha256: string): Promise<boolean> {
    return this.inner.has(sha256);
  }

  clean(): Promise<void> {
    return this.inner.clean();
  }

  close(): void {
    this.inner.close();
  }

  private async reported(error: unknown): Promise<void> {
    const damage = damageIn(error);
    if (!damage) return;
    this.logger.error((error as Error).message);
    const now = this.clock.now();
    const context = systemContext(now, 'stored bytes were verified before they were given out');
    await this.decisions
      .decide(bytesDecider, bytesStream(damage.sha256), { ...damage, now }, context)
      .catch((failure: unknown) => this.logger.error(`the damage could not be recorded: ${String(failure)}`));
  }
}

function damageIn(error: unknown): Damage | undefined {
  if (error instanceof DamagedBytes) return { sha256: error.sha256, finding: 'damaged', actual: error.actual };
  if (error instanceof MissingBytes) return { sha256: error.sha256, finding: 'missing' };
  return undefined;
}
