import { DynamicModule, Module } from '@nestjs/common';
import { EvidenceLog } from '../log/evidence-log.js';
import { EvidenceController } from './evidence.controller.js';
import { EvidenceKeysController } from './evidence-keys.controller.js';
import { EvidenceTilesController } from './evidence-tiles.controller.js';

/** `/api/v1/evidence`: what an auditor checks the log with. */
@Module({})
export class EvidenceModule {
  static over(log: EvidenceLog): DynamicModule {
    return {
      module: EvidenceModule,
      controllers: [EvidenceController, EvidenceKeysController, EvidenceTilesController],
      providers: [{ provide: EvidenceLog, useValue: log }],
      exports: [EvidenceLog],
    };
  }
}
