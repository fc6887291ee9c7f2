import { Injectable, Optional } from '@nestjs/common';
import { CommandContext, covers, Role } from '../../core/index.js';
import { Places } from '../../http/index.js';
import { SignerAccounts } from '../port.js';
import { Signer } from './decide-sign.js';

type Caller = Pick<CommandContext, 'actor' | 'now' | 'scoped'>;

/** Roles that hold for some models only count for requests about those; roles that were taken in need for none. */
@Injectable()
export class RolesHere {
  constructor(
    private readonly accounts: SignerAccounts,
    @Optional() private readonly places?: Places,
  ) {}

  async signer(context: Caller, approvalId: string): Promise<Signer> {
    const { actor } = context;
    const here = await this.scoped(context, approvalId);
    const taken = await this.accounts.takenInNeed(context);
    const inNeed = taken.filter((role) => !here.includes(role));
    return { ...actor, roles: [...new Set([...actor.roles, ...here])], inNeed };
  }

  /** With which somebody may decide about one thing or another. */
  async anywhere(context: Caller): Promise<readonly Role[]> {
    const { actor, scoped = [] } = context;
    const taken = await this.accounts.takenInNeed(context);
    return [...actor.roles.filter((role) => !taken.includes(role)), ...scoped.map(({ role }) => role)];
  }

  private async scoped({ scoped = [] }: Caller, approvalId: string): Promise<readonly Role[]> {
    if (scoped.length === 0) return [];
    const places = (await this.places?.of({ kind: 'approval', id: approvalId })) ?? [];
    return scoped.filter(({ scope }) => places.some((place) => covers(scope, place))).map(({ role }) => role);
  }
}
