import { Inject } from '@nestjs/common';
import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError, errors, Micros, UserId, uuidv7 } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { CredentialStore } from '../../credentials/credential-store.js';
import { TOKEN_POLICY } from '../../credentials/token-policy.js';
import type { TokenPolicy } from '../../credentials/token-policy.js';
import { newTokenSecret, tokenDigest } from '../../credentials/token-secret.js';
import { Accounts } from '../../user/accounts.js';
import { userDecider, userStream } from '../../user/decide.js';
import { refuseLimited } from './limited-token.js';
import { RotatedToken, RotateToken } from './tokens.commands.js';

const MINUTE = 60_000_000;
/** Long enough to hand the new secret on, short enough for a leak. */
const USUAL_GRACE = 60;

@CommandHandler(RotateToken)
export class RotateTokenHandler implements ICommandHandler<RotateToken> {
  constructor(
    private readonly credentials: CredentialStore,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
    private readonly accounts: Accounts,
    @Inject(TOKEN_POLICY) private readonly rules: TokenPolicy,
  ) {}

  async execute({ context, input: { tokenId, graceMinutes } }: RotateToken): Promise<RotatedToken> {
    const userId = this.credentials.ownerOf(tokenId);
    if (userId === undefined) throw errors.notFound('token-not-found', 'there is no such token');
    const replaces = context.token?.tokenId === tokenId ? context.token.secretId : await this.secretOf(userId, tokenId);
    const resource = { kind: 'token', id: tokenId, parents: [{ kind: 'user', id: userId }] };
    if (userId !== context.actor.id) await this.policy.assert(context, 'user:write', resource);
    await refuseLimited(this.policy, context, resource);
    const formerUntil = (context.now + this.grace(graceMinutes) * MINUTE) as Micros;
    const secretId = `ts-${uuidv7()}`;
    const secret = newTokenSecret();
    const { now, actor } = context;
    const by = actor.id;
    const command = { type: 'RotateToken' as const, tokenId, secretId, replaces, formerUntil, now, by };
    this.credentials.addSecret(secretId, { tokenId, userId }, tokenDigest(secret));
    await this.decisions.decide(userDecider, userStream(userId), command, context).catch(async (error: unknown) => {
      if (!(error instanceof CustodyError)) throw error;
      this.credentials.removeSecret(secretId);
      if (error.kind !== 'denied') throw error;
      const { code, message, field } = error;
      return this.policy.refuse(context, { action: 'self:write', code, message, field, resource });
    });
    return { tokenId, userId: userId, secret, formerUntil };
  }

  /** Of several rotations at once, one replaces it; nor does a former secret, which may be a stolen one, get another. */
  private async secretOf(userId: UserId, tokenId: string): Promise<string | undefined> {
    const { user } = await this.accounts.load(userId);
    return user.status === 'absent' ? undefined : user.tokens.get(tokenId)?.secretId;
  }

  private grace(asked = Math.min(USUAL_GRACE, this.rules.maxGraceMinutes)): number {
    const { maxGraceMinutes: most } = this.rules;
    if (asked <= most) return asked;
    throw errors.invalid('grace-too-long', `grace_minutes is at most ${most} here`, 'grace_minutes');
  }
}
