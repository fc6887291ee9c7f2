import { Global, Module } from '@nestjs/common';
import { HoldsController } from './holds/holds.controller.js';
import { LegalHolds } from './holds/legal-holds.js';

/** What must stay, and how long. Needs the ports of people and models, and the access policy. */
@Global()
@Module({
  providers: [LegalHolds],
  controllers: [HoldsController],
  exports: [LegalHolds],
})
export class RecordsModule {}
