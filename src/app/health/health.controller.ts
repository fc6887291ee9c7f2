import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../http/index.js';
import { LEDGER, type Ledger } from '../../ledger/index.js';
import { ProjectionHost } from '../projection/projection-host.js';

/** How far the read models may be behind, in positions, before the server calls itself not ready. */
const MAX_LAG = 10_000;

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly projections: ProjectionHost,
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** MLflow's own health check: `OK` as plain text, or what is wrong. */
  @Get('health')
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  async plain(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const problem = (await this.logProblem()) ?? (await this.projectionProblem());
    if (problem === undefined) return 'OK';
    void reply.status(503);
    return problem;
  }

  /** The process answers; says nothing about what it depends on. */
  @Get('health/live')
  @Public()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The log can be written and the read models follow it. */
  @Get('health/ready')
  @Public()
  @HealthCheck()
  ready() {
    return this.checks.check([
      async () => this.indicate('log', await this.logProblem()),
      async () => this.indicate('read_models', await this.projectionProblem()),
    ]);
  }

  private indicate(name: string, problem: string | undefined) {
    const indicator = this.indicators.check(name);
    return problem === undefined ? indicator.up() : indicator.down(problem);
  }

  private async logProblem(): Promise<string | undefined> {
    try {
      await this.ledger.probe();
      return undefined;
    } catch (error) {
      return `the log can't be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  private async projectionProblem(): Promise<string | undefined> {
    if (this.projections.problem !== undefined)
      return `the read models no longer follow the log: ${this.projections.problem}`;
    const lag = (await this.ledger.head().catch(() => 0)) - this.projections.checkpoint;
    return lag > MAX_LAG ? `the read models are ${lag} positions behind the log` : undefined;
  }
}
