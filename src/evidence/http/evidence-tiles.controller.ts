import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { errors } from '../../core/index.js';
import { CUSTODY_API, Requires } from '../../http/index.js';
import { EvidenceLog } from '../log/evidence-log.js';
import { parseTilePath } from '../tiles/index.js';
import { latestOf, NOTE } from './evidence.controller.js';

/** The log as C2SP tlog-tiles has it, below `/api/v1/evidence/log`. */
@ApiTags('evidence')
@Controller(`${CUSTODY_API}/evidence/log`)
export class EvidenceTilesController {
  constructor(private readonly log: EvidenceLog) {}

  @Get('checkpoint')
  @Requires('evidence:read')
  @Header('content-type', NOTE)
  @Header('cache-control', 'no-cache')
  checkpoint(): string {
    return latestOf(this.log).note;
  }

  /** `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`; they never change. */
  @Get('tile/*')
  @Requires('evidence:read')
  @Header('content-type', 'application/octet-stream')
  @Header('cache-control', 'private, max-age=31536000, immutable')
  async tile(@Param('*') path: string): Promise<StreamableFile> {
    const name = parseTilePath(`tile/${path}`);
    const bytes = name && (await this.log.tile(name));
    if (!bytes) throw errors.notFound('no-such-tile', 'the signed tree has no such tile', 'path');
    return new StreamableFile(bytes);
  }
}
