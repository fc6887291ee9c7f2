import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError, errors, uuidv7 } from '../../core/index.js';
import { AccessPolicy } from '../../http/access-policy.js';
import { DecisionMaker } from '../../ledger/index.js';
import { Keystore } from '../keystore/index.js';
import { Accounts } from '../user/accounts.js';
import { userDecider, userStream } from '../user/decide.js';
import { noAccount } from '../user/no-account.js';
import { CodeCheck } from './code-check.js';
import { FactorStore } from './factor-store.js';
import { factorUri, isTimedCode, newFactorSecret, newRecoveryCodes, recoveryCode } from './one-time-codes.js';
import { ConfirmSecondFactor, OfferedFactor, OfferSecondFactor } from './second-factor.commands.js';

@CommandHandler(OfferSecondFactor)
export class OfferSecondFactorHandler implements ICommandHandler<OfferSecondFactor> {
  constructor(
    private readonly accounts: Accounts,
    private readonly keystore: Keystore,
    private readonly store: FactorStore,
    private readonly policy: AccessPolicy,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({ context }: OfferSecondFactor): Promise<OfferedFactor> {
    const userId = context.actor.id;
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent') throw noAccount();
    // Whoever has stolen a token must not be able to lock its owner out.
    if (context.actor.via === 'token' || context.actor.via === 'oidc') {
      const message = 'a second factor is enrolled by whoever knows the password: sign in with it';
      const resource = { kind: 'user', id: userId };
      await this.policy.refuse(context, { action: 'self:write', code: 'second-factor-by-token', message, resource });
    }
    const factorId = `f-${uuidv7()}`;
    const secret = newFactorSecret();
    this.store.add(factorId, userId, this.keystore.seal(userId, secret), context.now);
    await this.decisions
      .decide(userDecider, userStream(userId), { type: 'OfferSecondFactor', factorId }, context)
      .catch((error: unknown) => {
        if (error instanceof CustodyError) this.store.remove(factorId);
        throw error;
      });
    // Only now: until this one is in the log, a code may still confirm the former.
    if (user.offeredFactor !== undefined) this.store.remove(user.offeredFactor);
    return { secret, uri: factorUri(secret, this.keystore.unseal(user.login) ?? userId) };
  }
}

@CommandHandler(ConfirmSecondFactor)
export class ConfirmSecondFactorHandler implements ICommandHandler<ConfirmSecondFactor> {
  constructor(
    private readonly accounts: Accounts,
    private readonly store: FactorStore,
    private readonly codes: CodeCheck,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({
    context,
    input: { code },
  }: ConfirmSecondFactor): Promise<{ readonly recoveryCodes: readonly string[] }> {
    const userId = context.actor.id;
    const { user } = await this.accounts.load(userId);
    if (user.status === 'absent') throw noAccount();
    const { offeredFactor: factorId } = user;
    if (factorId === undefined)
      throw errors.state('no-second-factor-offered', 'ask for a secret first with POST /api/v1/users/me/second-factor');
    // Used up with it: the code that enrols does not sign in.
    if (!isTimedCode(code) || this.codes.timed(factorId, userId, code, context.now) !== 'right')
      throw errors.invalid('wrong-code', 'the code is not right, or not right any more: take the next one', 'code');
    const recoveryCodes = newRecoveryCodes();
    const digests = recoveryCodes.map((each) => this.codes.recoveryDigest(factorId, recoveryCode(each)!));
    this.store.replaceRecoveryCodes(factorId, digests);
    const command = { type: 'EnrolSecondFactor' as const, factorId, recoveryCodes: recoveryCodes.length };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
    return { recoveryCodes };
  }
}
