import { Injectable } from '@nestjs/common';
import { CommandContext, errors, ResourceRef } from '../../core/index.js';
import { AccessPolicy, Asked, Denied } from '../../http/access-policy.js';
import { Action, CustodyRequest } from '../../http/index.js';
import { AccessTrail } from './access-trail.js';
import { LIMITED, notPermitted } from './denial.js';
import { Permissions } from './permissions.js';
import { Strangers } from '../strangers/strangers.js';
import { RequestContexts } from './request-context.js';

/** The matrix again, for what a command is about to change. The system itself may do all it does. */
@Injectable()
export class MatrixAccessPolicy extends AccessPolicy {
  constructor(
    private readonly trail: AccessTrail,
    private readonly contexts: RequestContexts,
    private readonly permissions: Permissions,
    private readonly strangers: Strangers,
  ) {
    super();
  }

  async assert(
    context: CommandContext,
    action: Action,
    resource: ResourceRef,
    { target, why }: Asked = {},
  ): Promise<void> {
    if (context.actor.kind === 'system') return;
    const verdict = await this.permissions.permits(context, action, target);
    if (verdict.permitted) return;
    const { code, message } = verdict.limited ? LIMITED : notPermitted(context, action);
    await this.refuse(context, { action, code, message: why === undefined ? message : `${why}; ${message}`, resource });
  }

  async may(context: CommandContext, action: Action): Promise<boolean> {
    return context.actor.kind === 'system' || (await this.permissions.permits(context, action)).permitted;
  }

  async refuse(context: CommandContext, { message, field, ...denied }: Denied): Promise<never> {
    await this.trail.denied(context, denied);
    throw errors.denied(denied.code, message, field);
  }

  refuseUnknown(request: CustodyRequest, denied: Denied): Promise<never> {
    const nobody = { known: false, method: 'none', why: 'no-credentials' } as const;
    const context = () => this.contexts.ofUnknown(request, nobody);
    if (this.strangers.refused(request, nobody, context)) return this.refuse(context(), denied);
    return Promise.reject(errors.denied(denied.code, denied.message, denied.field));
  }
}
