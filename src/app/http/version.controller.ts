import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../http/index.js';
import { MLFLOW_VERSION } from '../../mlflow/index.js';

@ApiTags('operations')
@Controller()
export class VersionController {
  /** The MLflow version whose protocol this server speaks; clients compare it with their own. */
  @Get('version')
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  version(): string {
    return MLFLOW_VERSION;
  }
}
