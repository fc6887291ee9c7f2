import { Injectable, OnModuleInit } from '@nestjs/common';
import { Approvable, ApprovableKinds, ApprovalRules, Dossier, dossierOf } from '../../approvals/index.js';
import { CommandContext, CustodyError, errors, JsonObject } from '../../core/index.js';
import { isRecordClass, RECORD_CLASSES } from './classes.js';
import { objection, valueNow, valueThen } from './decide.js';
import { FLOOR_LAW, FLOOR_YEARS, RetentionChange } from './events.js';
import { RetentionRules } from './retention.js';

export const RETENTION_KIND = 'retention';

export const actionOf = (change: RetentionChange): JsonObject =>
  'onlineDays' in change
    ? { type: 'online', online_days: change.onlineDays }
    : { type: 'class', record_class: change.recordClass, years: change.years };

function changeIn({ type, online_days: days, record_class: name, years }: JsonObject): RetentionChange {
  if (type === 'online' && typeof days === 'number') return { onlineDays: days };
  if (type === 'class' && typeof name === 'string' && isRecordClass(name) && typeof years === 'number')
    return { recordClass: name, years };
  throw errors.invalid('action-invalid', 'a change of retention is of a record class or of the online days', 'action');
}

/** How long records are kept is what an administrator and an auditor say together, neither of whom asked for it. */
@Injectable()
export class RetentionApproval implements Approvable, OnModuleInit {
  readonly kind = RETENTION_KIND;

  constructor(
    private readonly retention: RetentionRules,
    private readonly kinds: ApprovableKinds,
  ) {}

  onModuleInit(): void {
    this.kinds.add(this);
  }

  async dossier(action: JsonObject): Promise<Dossier> {
    const change = changeIn(action);
    const now = await this.retention.now();
    const wrong = objection(change, now);
    if (wrong) throw new CustodyError(wrong.refusal);
    const what =
      'onlineDays' in change
        ? { record_class: null, holds: 'how many days records are in the running log before they may be archived' }
        : { record_class: change.recordClass, holds: RECORD_CLASSES[change.recordClass] };
    return dossierOf({
      kind: RETENTION_KIND,
      ...what,
      unit: 'onlineDays' in change ? 'days' : 'years',
      from: valueNow(now, change),
      to: valueThen(change),
      floor_years: FLOOR_YEARS,
      floor_by: FLOOR_LAW,
    });
  }

  rules(): Promise<ApprovalRules> {
    return Promise.resolve({
      order: 'parallel',
      steps: [
        { role: 'admin', approvals: 1 },
        { role: 'auditor', approvals: 1 },
      ],
      expiresAfterHours: 168,
      excluded: [],
    });
  }

  async carryOut(
    context: CommandContext,
    { approvalId, action }: { readonly approvalId: string; readonly action: JsonObject },
  ): Promise<JsonObject> {
    await this.retention.change(context, changeIn(action), approvalId);
    return action;
  }
}
