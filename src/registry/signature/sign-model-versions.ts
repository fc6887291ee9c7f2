import {
  BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  OnApplicationBootstrap,
  Optional,
} from '@nestjs/common';
import { ModelId, RecordedEvent, systemClock, systemContext } from '../../core/index.js';
import { Following, type Ledger, LEDGER } from '../../ledger/index.js';
import { Models } from '../model/models.js';
import { ModelSignatures } from './model-signatures.js';

const GROUP = 'registry-model-signatures';
const TYPES = ['ModelVersionCreated', 'ModelVersionSealed'];
const RETRY_MS = 2000;

/** Signs each version once its files are sealed; those from before there were signatures, too. */
@Injectable()
export class SignModelVersions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SignModelVersions.name);
  private readonly following: Following | undefined;

  constructor(
    private readonly models: Models,
    private readonly signatures: ModelSignatures,
    @Optional() @Inject(LEDGER) ledger?: Ledger,
  ) {
    this.following =
      ledger &&
      new Following(ledger, {
        group: GROUP,
        types: TYPES,
        // Two servers would sign one version twice, and one of the two for nothing.
        ordered: true,
        prepare: () => this.introduce(),
        handle: (event) => this.sign(event),
        warn: (why) => this.logger.warn(`a model version could not be signed: ${why}`),
        retryMs: RETRY_MS,
      });
  }

  onApplicationBootstrap(): void {
    this.following?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.following?.stop();
  }

  /** An administrator may have changed the key, or somebody lost it: both look the same from here. */
  private async introduce(): Promise<void> {
    const context = systemContext(systemClock.now(), 'the server signs model versions with this key from now on');
    if ((await this.signatures.introduce(context)) !== 'changed') return;
    this.logger.warn(
      `model versions are signed with another key from now on (${this.signatures.current}); those that are signed keep their signature`,
    );
  }

  private async sign({ id, data, correlationId, recordedAt }: RecordedEvent): Promise<void> {
    const { modelId, name, version } = data as unknown as { modelId: ModelId; name: string; version: number };
    const context = systemContext(recordedAt, 'the files of the version were sealed', {
      correlationId,
      causationId: id,
    });
    await this.signatures.sign(modelId, (await this.models.nameOf(modelId)) ?? name, version, context);
  }
}
