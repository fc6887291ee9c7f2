import { Injectable } from '@nestjs/common';
import { Signature, Signer, SigningCredentials } from '../../approvals/index.js';
import { CommandContext, CustodyError, PersonalData, uuidv7 } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { userDecider, userStream } from '../user/decide.js';
import { Account } from '../user/events.js';
import { ACCEPTANCE } from './acceptance/text.js';
import { SigningComponents } from './components.js';
import { MakeSignature, Shown } from './decide.js';
import { Matter } from './events.js';
import { FailedSignings } from './failed-signings.js';
import { Signatories } from './signatories.js';
import { signed, Statement } from './statement.js';
import { checkedStatement } from './well-formed.js';

/**
 * Electronic signatures (21 CFR 11.50, 11.70, 11.100 to 11.300). Whoever asks for one shows again who they are; the
 * signature is on their own stream before anybody gets it, decided upon the account as it is at that moment.
 */
@Injectable()
export class IdentitySigner extends Signer {
  constructor(
    private readonly signatories: Signatories,
    private readonly components: SigningComponents,
    private readonly failures: FailedSignings,
    private readonly personal: PersonalData,
    private readonly decisions: DecisionMaker,
  ) {
    super();
  }

  async sign(
    context: CommandContext,
    what: Parameters<Signer['sign']>[1],
    credentials: SigningCredentials,
  ): Promise<Signature> {
    const { reason, ...matter } = checkedStatement(what);
    const { user, shown } = await this.shown(context, matter, credentials);
    const signature = signed(this.statement(context, user, { ...matter, reason }, shown));
    await this.make(context, user, matter, signature, shown);
    return signature;
  }

  async confirm(
    context: CommandContext,
    what: Parameters<Signer['sign']>[1],
    credentials: SigningCredentials,
  ): Promise<void> {
    const { reason: _, ...matter } = checkedStatement(what);
    await this.shown(context, matter, credentials);
  }

  /** @throws CustodyError kind `denied`, recorded, unless what they show is right, now and for this */
  private async shown(
    context: CommandContext,
    matter: Matter,
    credentials: SigningCredentials,
  ): Promise<{ readonly user: Account; readonly shown: Shown }> {
    const user = await this.signatories.of(context, matter);
    const { userId } = user;
    if (user.signing.accepted?.version !== ACCEPTANCE.version)
      return this.failures.refuse(context, { userId, why: 'not-accepted', matter });
    const checked = await this.components.check(context, user, matter, credentials);
    if (!checked.ok) return this.failures.refuse(context, { userId, matter, ...checked });
    return { user, shown: checked.shown };
  }

  private statement(
    { now }: CommandContext,
    { userId, displayName }: Account,
    { reason, meaning, subject, digest }: Matter & { readonly reason: string },
    { components }: Shown,
  ): Statement {
    const name = this.personal.unseal(displayName);
    if (name === undefined) throw new Error('the name of an active account opens');
    return {
      signatureId: `sg-${uuidv7()}`,
      signer: userId,
      printedName: this.personal.seal(userId, name),
      meaning,
      reason,
      subject,
      digest,
      signedAt: now,
      components,
    };
  }

  private async make(
    context: CommandContext,
    user: Account,
    matter: Matter,
    { signatureId, statementDigest }: Signature,
    shown: Shown,
  ): Promise<void> {
    const { userId } = user;
    const { sessionId, now } = context;
    // What continues a session does not prolong it.
    const full = sessionId !== undefined && !this.components.continues(context, user) ? { sessionId } : {};
    const acceptance = ACCEPTANCE.version;
    const command: MakeSignature = {
      type: 'MakeSignature',
      ...matter,
      signatureId,
      statementDigest,
      shown,
      acceptance,
      now,
      ...full,
    };
    // Each signature has shown components of its own; a command that is sent twice asks for two.
    const own = { ...context, idempotencyKey: undefined };
    await this.decisions.decide(userDecider, userStream(userId), command, own).catch((error: unknown) => {
      if (!(error instanceof CustodyError && error.code === 'signing-changed')) throw error;
      return this.failures.refuse(context, { userId, why: 'changed-meanwhile', matter });
    });
  }
}
