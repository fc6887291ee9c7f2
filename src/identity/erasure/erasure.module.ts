import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ErasureApproval } from './erasure-approval.js';
import { Erasures } from './erasures.js';
import { ErasuresController } from './erasures.controller.js';
import { RequestErasureHandler } from './request-erasure.js';
import { StayErased } from './stay-erased.js';

/** Erasing people. Needs the accounts, legal holds, approvals, and somebody who handles RequestApproval. */
@Module({
  imports: [CqrsModule],
  providers: [Erasures, ErasureApproval, RequestErasureHandler, StayErased],
  controllers: [ErasuresController],
})
export class ErasureModule {}
