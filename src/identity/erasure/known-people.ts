import { Injectable } from '@nestjs/common';
import { UserId } from '../../core/index.js';
import { HoldablePeople } from '../../records/index.js';
import { Accounts } from '../user/accounts.js';
import { noAccount } from '../user/no-account.js';
import { userIdOf } from '../user/user-id.js';

/** The port of legal holds, filled by the accounts that there are. */
@Injectable()
export class KnownPeople extends HoldablePeople {
  constructor(private readonly accounts: Accounts) {
    super();
  }

  async get(userId: string): Promise<UserId> {
    const { user } = await this.accounts.load(userIdOf(userId));
    if (user.status === 'absent') throw noAccount();
    return user.userId;
  }
}
