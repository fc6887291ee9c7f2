import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError, errors, Micros, UserId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { userDecider, userStream } from '../../user/decide.js';
import { SigningComponents } from '../components.js';
import { Matter } from '../events.js';
import { FailedSignings } from '../failed-signings.js';
import { Signatories } from '../signatories.js';
import { AcceptSignatures } from './accept-signatures.command.js';
import { ACCEPTANCE } from './text.js';

/** What a ticket from the provider has to be for, where somebody has no password. */
export const acceptanceMatter = (userId: UserId): Matter => ({
  meaning: 'approved',
  subject: { kind: 'signature-acceptance', id: userId },
  digest: ACCEPTANCE.digest,
});

@CommandHandler(AcceptSignatures)
export class AcceptSignaturesHandler implements ICommandHandler<AcceptSignatures> {
  constructor(
    private readonly signatories: Signatories,
    private readonly components: SigningComponents,
    private readonly failures: FailedSignings,
    private readonly decisions: DecisionMaker,
  ) {}

  async execute({
    context,
    input: { version, credentials },
  }: AcceptSignatures): Promise<{ readonly acceptedAt: Micros }> {
    const { digest } = ACCEPTANCE;
    if (version !== ACCEPTANCE.version) {
      const message = `the text to accept is version ${ACCEPTANCE.version}: read it with GET /api/v1/users/me/signature-acceptance`;
      throw errors.invalid('acceptance-version', message, 'version');
    }
    const matter = acceptanceMatter(context.actor.id);
    const user = await this.signatories.of(context, matter);
    const { userId } = user;
    const checked = await this.components.check(context, user, matter, credentials);
    if (!checked.ok) return this.failures.refuse(context, { userId, matter, ...checked });
    const command = { type: 'AcceptSigning' as const, version, digest, shown: checked.shown, now: context.now };
    await this.decisions.decide(userDecider, userStream(userId), command, context).catch((error: unknown) => {
      if (!(error instanceof CustodyError && error.code === 'signing-changed')) throw error;
      return this.failures.refuse(context, { userId, why: 'changed-meanwhile', matter });
    });
    return { acceptedAt: context.now };
  }
}
