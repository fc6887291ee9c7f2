import { Inject, Injectable } from '@nestjs/common';
import { type Ledger, LEDGER } from '../../ledger/index.js';
import { CaughtUp } from '../../policies/index.js';
import { ProjectionHost } from './projection-host.js';

/** The policies' port, filled by the projector. */
@Injectable()
export class CaughtUpWithLog extends CaughtUp {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly projections: ProjectionHost,
  ) {
    super();
  }

  async toNow(): Promise<void> {
    await this.projections.reached(await this.ledger.head());
  }
}
