import { setTimeout as sleep } from 'node:timers/promises';
import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { ModelId, RecordedEvent, systemClock, systemContext } from '../../core/index.js';
import { Delivery, type Ledger, LEDGER } from '../../ledger/index.js';
import { Models } from '../model/models.js';
import { ModelSignatures } from './model-signatures.js';

const GROUP = 'registry-model-signatures';
const TYPES = ['ModelVersionCreated', 'ModelVersionSealed'];
const NO_LIMIT = 1_000_000;
const RETRY_MS = 2000;

/** Signs each version once its files are sealed; those from before there were signatures, too. */
@Injectable()
export class SignModelVersions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SignModelVersions.name);
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly models: Models,
    private readonly signatures: ModelSignatures,
    @Optional() @Inject(LEDGER) private readonly ledger?: Ledger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.ledger) this.work = this.follow(this.ledger);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async follow(ledger: Ledger): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.introduce();
        await this.consume(ledger, signal);
      } catch (error) {
        this.warn(error);
      }
      await this.pause();
    }
  }

  /** An administrator may have changed the key, or somebody lost it: both look the same from here. */
  private async introduce(): Promise<void> {
    const context = systemContext(systemClock.now(), 'the server signs model versions with this key from now on');
    if ((await this.signatures.introduce(context)) !== 'changed') return;
    this.logger.warn(
      `model versions are signed with another key from now on (${this.signatures.current}); those that are signed keep their signature`,
    );
  }

  private async consume(ledger: Ledger, signal: AbortSignal): Promise<void> {
    // In order: two servers would sign one version twice, and one of the two for nothing.
    const consumer = await ledger.consume(GROUP, {
      types: TYPES,
      startFrom: 'start',
      ordered: true,
      maxRetries: NO_LIMIT,
    });
    const close = () => void consumer.close().catch(() => undefined);
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const delivery of consumer) await this.handle(delivery);
    } finally {
      signal.removeEventListener('abort', close);
      await consumer.close();
    }
  }

  private async handle(delivery: Delivery): Promise<void> {
    try {
      await this.sign(delivery.event);
      await delivery.ack();
    } catch (error) {
      this.warn(error);
      await this.pause();
      if (!this.stopping.signal.aborted)
        await delivery.nack('retry', error instanceof Error ? error.message : String(error));
    }
  }

  private async sign({ id, data, correlationId, recordedAt }: RecordedEvent): Promise<void> {
    const { modelId, name, version } = data as unknown as { modelId: ModelId; name: string; version: number };
    const context = systemContext(recordedAt, 'the files of the version were sealed', {
      correlationId,
      causationId: id,
    });
    await this.signatures.sign(modelId, (await this.models.nameOf(modelId)) ?? name, version, context);
  }

  private async pause(): Promise<void> {
    await sleep(RETRY_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  private warn(error: unknown): void {
    this.logger.warn(`a model version could not be signed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
