import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, Refusal } from '../../core/index.js';
import { AccessPolicy, Action } from '../../http/index.js';
import { approvalResource } from './catalogue.js';
import { Approval } from './events.js';

/** What a request says no to, for who somebody is: in the trail before it is answered. */
@Injectable()
export class Denials {
  constructor(private readonly policy: AccessPolicy) {}

  async tell(refusal: Refusal, about: Refused): Promise<never> {
    if (refusal.kind !== 'denied') throw new CustodyError(refusal);
    const { context, action, approval } = about;
    const { code, message, field } = refusal;
    const resource = approvalResource(approval);
    return this.policy.refuse(context, { action, code, message, resource, ...(field === undefined ? {} : { field }) });
  }

  async around<T>(about: Refused, decide: () => Promise<T>): Promise<T> {
    try {
      return await decide();
    } catch (error) {
      if (error instanceof CustodyError) return this.tell(error, about);
      throw error;
    }
  }
}

export interface Refused {
  readonly context: CommandContext;
  readonly action: Action;
  readonly approval: Approval;
}
