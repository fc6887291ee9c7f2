import { Controller, Get, Header, Res } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../http/index.js';
import { Probe } from './probe.js';

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    private readonly probe: Probe,
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** MLflow's own health check: `OK` as plain text, or what is wrong. */
  @Get('health')
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  async plain(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const problem = (await this.probe.logProblem()) ?? (await this.probe.projectionProblem());
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

  /** The log can be written and the read models follow it; 503 with the same details when not. */
  @Get('health/ready')
  @Public()
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const check = this.checks.check([
      async () => this.indicate('log', await this.probe.logProblem()),
      async () => this.indicate('read_models', await this.probe.projectionProblem()),
    ]);
    try {
      return await check;
    } catch (error) {
      const details = (error as { getResponse?: () => object }).getResponse?.();
      if (!details) throw error;
      void reply.status(503);
      return details;
    }
  }

  private indicate(name: string, problem: string | undefined) {
    const indicator = this.indicators.check(name);
    return problem === undefined ? indicator.up() : indicator.down(problem);
  }
}
