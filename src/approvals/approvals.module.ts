import { DynamicModule, Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { systemClock } from '../core/index.js';
import { ApprovableKinds } from './approvable-kinds.js';
import { Approvals } from './approval/approvals.js';
import { CarryOut } from './approval/carry-out.js';
import { Confidential } from './approval/confidential.js';
import { Denials } from './approval/denials.js';
import { RolesHere } from './approval/roles-here.js';
import {
  CommentApprovalHandler,
  ExpireApprovalHandler,
  WithdrawApprovalHandler,
} from './commands/approval.handlers.js';
import { ApprovalsController } from './commands/approvals.controller.js';
import { DecideApprovalHandler } from './commands/decide-approval.handler.js';
import { RequestApprovalHandler } from './commands/request-approval.handler.js';
import { ApprovalDirectory } from './directory/approval-directory.js';
import { ApprovalsOptions, APPROVALS_OPTIONS } from './options.js';
import { GetApprovalHandler } from './queries/approval/query.js';
import { ListApprovalsHandler, OverdueApprovalsHandler } from './queries/approvals/query.js';
import { CarryOutGranted } from './reactors/carry-out-granted.js';
import { ExpireOverdue } from './reactors/expire-overdue.js';

const DEFAULTS: ApprovalsOptions = { clock: systemClock, graceMs: 2000, retryMs: 2000, sweepMs: 60_000 };

/** What rooms that offer something for approval, and the app, need of this one: no route, no reactor. */
@Global()
@Module({})
export class ApprovalsCoreModule {
  static forRoot(options: Partial<ApprovalsOptions> = {}): DynamicModule {
    const providers = [
      { provide: APPROVALS_OPTIONS, useValue: { ...DEFAULTS, ...options } },
      ApprovableKinds,
      Approvals,
      ApprovalDirectory,
    ];
    return { module: ApprovalsCoreModule, providers, exports: providers };
  }
}

/** The whole room. It asks for a `Signer`, which whoever knows people and their passwords provides. */
@Module({
  imports: [CqrsModule],
  providers: [
    CarryOut,
    Confidential,
    Denials,
    RolesHere,
    RequestApprovalHandler,
    DecideApprovalHandler,
    WithdrawApprovalHandler,
    CommentApprovalHandler,
    ExpireApprovalHandler,
    GetApprovalHandler,
    ListApprovalsHandler,
    OverdueApprovalsHandler,
    CarryOutGranted,
    ExpireOverdue,
  ],
  controllers: [ApprovalsController],
})
export class ApprovalsModule {}
