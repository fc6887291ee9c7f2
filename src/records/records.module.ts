import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Archive } from './archive/archive.js';
import { ArchiveController } from './archive/archive.controller.js';
import { HoldsController } from './holds/holds.controller.js';
import { LegalHolds } from './holds/legal-holds.js';
import { RetentionApproval } from './retention/retention-approval.js';
import { RetentionController } from './retention/retention.controller.js';
import { RetentionRules } from './retention/retention.js';

/** What must stay, and for how long. Needs the ports of people and models, the access policy, and approvals. */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [LegalHolds, RetentionRules, RetentionApproval, Archive],
  controllers: [HoldsController, RetentionController, ArchiveController],
  exports: [LegalHolds, RetentionRules],
})
export class RecordsModule {}
