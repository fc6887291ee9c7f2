import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { UserId } from '../../core/index.js';
import { ReadModels } from '../../projection/index.js';
import { Keystore } from '../keystore/index.js';
import { UserListSchema } from '../queries/user-list/table.js';
import { Erasures } from './erasures.js';

/**
 * The log says who was erased, and the keystore must hold to it: one that was restored from a copy of before has
 * the key again, and it is destroyed again before anybody is answered.
 */
@Injectable()
export class StayErased implements OnApplicationBootstrap {
  private readonly logger = new Logger(StayErased.name);

  constructor(
    private readonly readModels: ReadModels,
    private readonly keystore: Keystore,
    private readonly erasures: Erasures,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const rows = await this.readModels
      .db<UserListSchema>()
      .selectFrom('identity_users')
      .select('user_id')
      .where('erased', '=', 1)
      .execute();
    for (const { user_id } of rows) {
      if (this.keystore.status(user_id) === 'erased') continue;
      this.erasures.forget(user_id as UserId);
      this.logger.warn(`the keystore had the key of ${user_id} again, who was erased: it is destroyed again`);
    }
  }
}
