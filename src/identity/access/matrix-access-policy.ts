import { Injectable } from '@nestjs/common';
import { CommandContext, errors, ResourceRef } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { Action, Target } from '../../http/index.js';
import { AccessTrail } from './access-trail.js';
import { notPermitted } from './denial.js';
import { Permissions } from './permissions.js';

/** The matrix again, for what a command is about to change. The system itself may do all it does. */
@Injectable()
export class MatrixAccessPolicy extends AccessPolicy {
  constructor(
    private readonly trail: AccessTrail,
    private readonly permissions: Permissions,
  ) {
    super();
  }

  async assert(context: CommandContext, action: Action, resource: ResourceRef, target?: Target): Promise<void> {
    if (context.actor.kind === 'system' || (await this.permissions.permits(context, action, target))) return;
    const { code, message } = notPermitted(context, action);
    await this.trail.denied(context, { action, code, resource });
    throw errors.denied(code, message);
  }
}
