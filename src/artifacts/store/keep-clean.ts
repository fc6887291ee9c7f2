import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { ArtifactStore } from './artifact-store.js';
import { PartialUploads } from './partial-uploads.js';

const EVERY_MS = 15 * 60 * 1000;

/** At start and from then on: what crashes and clients that went away left behind does not pile up. */
@Injectable()
export class KeepClean implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(KeepClean.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ArtifactStore,
    private readonly uploads: PartialUploads,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.clean();
    this.timer = setInterval(() => {
      this.running = this.clean();
    }, EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** A disk that can't be cleaned now is no reason not to serve what is on it. */
  private async clean(): Promise<void> {
    for (const each of [this.uploads, this.store])
      await each.clean().catch((error: unknown) => this.logger.warn(`left uncleaned: ${String(error)}`));
  }
}
