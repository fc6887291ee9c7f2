import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '../../http/index.js';
import { LEDGER, type Ledger } from '../../ledger/index.js';
import { ProjectionHost } from '../projection/projection-host.js';
import { Metrics } from './metrics.js';

@ApiTags('operations')
@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly projections: ProjectionHost,
    @Inject(LEDGER) private readonly ledger: Ledger,
  ) {}

  /** Prometheus text format 0.0.4. */
  @Get('metrics')
  @Requires('metrics:read')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(): Promise<string> {
    this.metrics.head.set(await this.ledger.head());
    this.metrics.projected.set(this.projections.checkpoint);
    return this.metrics.registry.metrics();
  }
}
