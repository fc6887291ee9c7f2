import { Injectable } from '@nestjs/common';
import { ReadModels } from '../../../projection/index.js';
import { UserListSchema } from './table.js';

/** Logins and ids of accounts, for rooms that show who acted. */
@Injectable()
export class People {
  constructor(private readonly readModels: ReadModels) {}

  async idOf(login: string): Promise<string | undefined> {
    const row = await this.readModels
      .db<UserListSchema>()
      .selectFrom('identity_users')
      .select('user_id')
      .where('login', '=', login)
      .executeTakeFirst();
    return row?.user_id;
  }

  /** `[erased]` for a person whose key has been destroyed; ids without an account are missing. */
  async namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.readModels
      .db<UserListSchema>()
      .selectFrom('identity_users')
      .select(['user_id', 'login'])
      .where('user_id', 'in', ids)
      .execute();
    return new Map(rows.map(({ user_id, login }) => [user_id, login]));
  }
}
