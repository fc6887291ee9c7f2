import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { MLFLOW_3, Public } from '../../http/index.js';
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

/** What this server offers, as MLflow's clients and UI ask before they sign in: no secrets, nothing of the tenant. */
@ApiTags('operations')
@Controller(MLFLOW_3)
export class ServerInfoController {
  @Get('server-info')
  @Public()
  info() {
    return {
      store_type: 'SqlStore',
      workspaces_enabled: false,
      trace_archival_enabled: false,
      multipart_uploads_enabled: false,
      multipart_downloads_enabled: false,
      presigned_upload_run_id_supported: false,
      presigned_upload_model_id_supported: false,
      features_enabled: { gateway: false },
    };
  }
}
