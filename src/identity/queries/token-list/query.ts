import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { CommandContext, UserId } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';
import { ReadModels } from '../../../projection/index.js';
import { TokenListSchema, TokensTable } from './table.js';

/** One's own tokens, or those of another account for those who may see accounts. Newest first. */
export class ListTokens extends Query<readonly TokensTable[]> {
  constructor(
    readonly context: CommandContext,
    readonly input: { readonly userId?: UserId },
  ) {
    super();
  }
}

/** Old revoked tokens of a busy service account must not fill the answer. */
const LIMIT = 500;

@QueryHandler(ListTokens)
export class ListTokensHandler implements IQueryHandler<ListTokens> {
  constructor(
    private readonly readModels: ReadModels,
    private readonly policy: AccessPolicy,
  ) {}

  async execute({ context, input: { userId = context.actor.id } }: ListTokens): Promise<readonly TokensTable[]> {
    if (userId !== context.actor.id) await this.policy.assert(context, 'user:read', { kind: 'user', id: userId });
    return this.readModels
      .db<TokenListSchema>()
      .selectFrom('identity_tokens')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('token_id', 'desc')
      .limit(LIMIT)
      .execute();
  }
}
