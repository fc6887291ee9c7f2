import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Actor, PersonalData } from '../../../core/index.js';
import { Accounts } from '../../user/accounts.js';

export interface Me {
  readonly actor: Actor;
  readonly login?: string;
  readonly displayName?: string;
}

/** Who is asking, as the log knows them now: needs no read model. */
export class GetMe extends Query<Me> {
  constructor(readonly actor: Actor) {
    super();
  }
}

@QueryHandler(GetMe)
export class GetMeHandler implements IQueryHandler<GetMe> {
  constructor(
    private readonly accounts: Accounts,
    private readonly personal: PersonalData,
  ) {}

  async execute({ actor }: GetMe): Promise<Me> {
    const { user } = await this.accounts.load(actor.id);
    if (user.status !== 'absent') {
      return { actor, login: this.personal.unseal(user.login), displayName: this.personal.unseal(user.displayName) };
    }
    return { actor, displayName: actor.claimedName && this.personal.unseal(actor.claimedName) };
  }
}
