import { Injectable } from '@nestjs/common';
import { CommandContext, errors, ResourceRef } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { Action } from '../../http/index.js';
import { AccessTrail } from './access-trail.js';
import { notPermitted } from './denial.js';
import { allows } from './matrix.js';

/** The matrix again, for what a command is about to change. The system itself may do all it does. */
@Injectable()
export class MatrixAccessPolicy extends AccessPolicy {
  constructor(private readonly trail: AccessTrail) {
    super();
  }

  async assert(context: CommandContext, action: Action, resource: ResourceRef): Promise<void> {
    const { kind, roles } = context.actor;
    if (kind === 'system' || allows(roles, action)) return;
    const { code, message } = notPermitted(context.actor, action);
    await this.trail.denied(context, { action, code, resource });
    throw errors.denied(code, message);
  }
}
