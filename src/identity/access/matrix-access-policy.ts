import { Injectable } from '@nestjs/common';
import { CommandContext, errors, ResourceRef } from '../../core/index.js';
import { AccessPolicy, Denied } from '../../http/access-policy.js';
import { Action, CustodyRequest } from '../../http/index.js';
import { AccessTrail } from './access-trail.js';
import { notPermitted } from './denial.js';
import { allows } from './matrix.js';
import { RequestContexts } from './request-context.js';

/** The matrix again, for what a command is about to change. The system itself may do all it does. */
@Injectable()
export class MatrixAccessPolicy extends AccessPolicy {
  constructor(
    private readonly trail: AccessTrail,
    private readonly contexts: RequestContexts,
  ) {
    super();
  }

  async assert(context: CommandContext, action: Action, resource: ResourceRef, why?: string): Promise<void> {
    const { kind, roles } = context.actor;
    if (kind === 'system' || allows(roles, action)) return;
    const { code, message } = notPermitted(context.actor, action);
    await this.refuse(context, { action, code, message: why === undefined ? message : `${why}; ${message}`, resource });
  }

  async refuse(context: CommandContext, { message, field, ...denied }: Denied): Promise<never> {
    await this.trail.denied(context, denied);
    throw errors.denied(denied.code, message, field);
  }

  refuseUnknown(request: CustodyRequest, denied: Denied): Promise<never> {
    const nobody = { known: false, method: 'none', why: 'no-credentials' } as const;
    return this.refuse(this.contexts.ofUnknown(request, nobody), denied);
  }
}
