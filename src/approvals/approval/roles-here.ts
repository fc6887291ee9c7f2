import { Injectable, Optional } from '@nestjs/common';
import { CommandContext, covers, Role } from '../../core/index.js';
import { Places } from '../../http/index.js';

/** Roles that hold for some models only count for requests about those. */
@Injectable()
export class RolesHere {
  constructor(@Optional() private readonly places?: Places) {}

  async of(
    { actor, scoped = [] }: Pick<CommandContext, 'actor' | 'scoped'>,
    approvalId: string,
  ): Promise<readonly Role[]> {
    if (scoped.length === 0) return actor.roles;
    const places = (await this.places?.of({ kind: 'approval', id: approvalId })) ?? [];
    const here = scoped.filter(({ scope }) => places.some((place) => covers(scope, place)));
    return [...new Set([...actor.roles, ...here.map(({ role }) => role)])];
  }
}
