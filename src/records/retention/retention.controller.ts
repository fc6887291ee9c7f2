import { Body, Controller, Get, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { RequestApproval } from '../../approvals/index.js';
import { CustodyError, errors } from '../../core/index.js';
import type { CommandContext } from '../../core/index.js';
import { AccessPolicy, Caller, CUSTODY_API, Requires } from '../../http/index.js';
import { CLASS_NAMES, RECORD_CLASSES } from './classes.js';
import { BELOW_FLOOR, belowFloor, objection } from './decide.js';
import { FLOOR_LAW, FLOOR_YEARS, RetentionChange, retentionResource } from './events.js';
import { actionOf, RETENTION_KIND } from './retention-approval.js';
import { ChangeRetentionRequest } from './retention.request.js';
import { RetentionRules } from './retention.js';

@ApiTags('records')
@Controller(`${CUSTODY_API}/retention`)
export class RetentionController {
  constructor(
    private readonly retention: RetentionRules,
    private readonly commands: CommandBus,
    private readonly policy: AccessPolicy,
  ) {}

  @Get()
  @Requires('retention:read')
  async show(): Promise<object> {
    const { years, onlineDays } = await this.retention.now();
    return {
      classes: CLASS_NAMES.map((name) => ({ record_class: name, years: years[name], holds: RECORD_CLASSES[name] })),
      online_days: onlineDays,
      floor_years: FLOOR_YEARS,
      floor_by: FLOOR_LAW,
    };
  }

  /** Asks for the approval of another time. Below what the law asks for, it is refused, and that is recorded. */
  @Post('changes')
  @Requires('retention:request')
  async change(@Caller() caller: CommandContext, @Body() request: ChangeRetentionRequest): Promise<object> {
    const change = changeOf(request);
    const id = 'onlineDays' in change ? 'online' : change.recordClass;
    const context = { ...caller, reason: request.reason };
    if ('years' in change && belowFloor(change.years))
      return this.policy.refuse(context, {
        action: 'retention:request',
        code: 'retention-below-floor',
        message: BELOW_FLOOR,
        field: 'years',
        resource: retentionResource(id),
      });
    const wrong = objection(change, await this.retention.now());
    if (wrong) throw new CustodyError(wrong.refusal);
    const { approvalId, number, state, digest } = await this.commands.execute(
      new RequestApproval(context, {
        kind: RETENTION_KIND,
        action: actionOf(change),
        subject: { kind: RETENTION_KIND, id },
        title: titleOf(change),
        comment: request.reason,
      }),
    );
    return { approval_id: approvalId, number, state, digest };
  }
}

const titleOf = (change: RetentionChange): string =>
  'onlineDays' in change
    ? `Archive records after ${change.onlineDays} days`
    : `Keep ${change.recordClass} for ${change.years} years`;

function changeOf({ record_class, years, online_days }: ChangeRetentionRequest): RetentionChange {
  if (online_days !== undefined && record_class === undefined && years === undefined)
    return { onlineDays: online_days };
  if (online_days === undefined && record_class !== undefined && years !== undefined)
    return { recordClass: record_class, years };
  throw errors.invalid('change-unclear', 'give record_class with years, or online_days alone', 'record_class');
}
