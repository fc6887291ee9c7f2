import { Inject, Injectable } from '@nestjs/common';
import { CommandContext, Micros, UserId } from '../../core/index.js';
import type { Clock } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { FailedSignIns } from '../access/failed-sign-ins.js';
import { IDENTITY_CLOCK } from '../clock.js';
import { Keystore } from '../keystore/index.js';
import { userDecider, userStream } from '../user/decide.js';
import { Account } from '../user/events.js';
import { FactorStore } from './factor-store.js';
import { isTimedCode, recoveryCode, stepOf } from './one-time-codes.js';

export const CODE_HEADER = 'x-custody-code';

export interface CodeFailure {
  readonly why: 'code-missing' | 'wrong-code' | 'replayed-code';
  /** So many wrong ones in a row came that something has to be done about it. */
  readonly guesses?: number;
}

/** Checks the code beside a password that was right. Each code is good once, in all processes together. */
@Injectable()
export class CodeCheck {
  constructor(
    private readonly store: FactorStore,
    private readonly keystore: Keystore,
    private readonly failures: FailedSignIns,
    private readonly decisions: DecisionMaker,
    @Inject(IDENTITY_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Nothing when the account needs no code or this one is right.
   * @param context asked for only when there is something to record
   */
  async failure(
    { userId, secondFactor }: Account,
    code: string | undefined,
    context: () => CommandContext,
  ): Promise<CodeFailure | undefined> {
    if (!secondFactor) return undefined;
    if (code === undefined || code === '') return { why: 'code-missing' };
    const { factorId } = secondFactor;
    // Counted apart from passwords, or a right password between two guesses would start the counting anew.
    const key = `code:${userId}`;
    const verdict = isTimedCode(code)
      ? this.timed(factorId, userId, code, this.clock.now())
      : await this.recovery(factorId, userId, code, context);
    if (verdict === 'right') {
      this.failures.succeeded(key);
      return undefined;
    }
    // Whoever has a right code, however old, guesses nothing: a client that sends one over many connections is not locked out.
    if (verdict === 'replayed-code') return { why: verdict };
    const guesses = this.failures.add(key);
    return { why: verdict, ...(guesses === undefined ? {} : { guesses }) };
  }

  /** @returns what is wrong with a code of a factor, enrolled or offered */
  timed(factorId: string, userId: UserId, code: string, now: Micros): 'right' | 'wrong-code' | 'replayed-code' {
    const sealed = this.store.secretOf(factorId, userId);
    const secret = sealed && this.keystore.unseal(sealed);
    const step = secret === undefined ? undefined : stepOf(secret, code, now);
    if (step === undefined) return 'wrong-code';
    return this.store.takeStep(factorId, step) ? 'right' : 'replayed-code';
  }

  recoveryDigest(factorId: string, letters: string): string {
    return this.keystore.lookupDigest(`recovery:${factorId}:${letters}`);
  }

  private async recovery(
    factorId: string,
    userId: UserId,
    code: string,
    context: () => CommandContext,
  ): Promise<'right' | 'wrong-code'> {
    const letters = recoveryCode(code);
    if (letters === undefined) return 'wrong-code';
    // Used up first: after a crash in between it opens nothing, and nothing was opened with it.
    if (!this.store.takeRecoveryCode(factorId, this.recoveryDigest(factorId, letters))) return 'wrong-code';
    await this.decisions.decide(userDecider, userStream(userId), { type: 'UseRecoveryCode', factorId }, context());
    return 'right';
  }
}
