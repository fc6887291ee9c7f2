import { CommandContext, derivedId, errors } from '../../core/index.js';
import { Signature, Signer, SigningCredentials } from '../port.js';

/** Signs for whoever knows the password `right`. */
export class TestSigner extends Signer {
  readonly made: Signature[] = [];
  /** What happens while somebody types their password. */
  meanwhile: () => Promise<unknown> = async () => undefined;

  async sign(
    { actor, now }: CommandContext,
    what: Pick<Signature, 'meaning' | 'reason' | 'subject' | 'digest'>,
    credentials: SigningCredentials,
  ): Promise<Signature> {
    await this.confirm(undefined, undefined, credentials);
    await this.meanwhile();
    const signature: Signature = {
      signatureId: `sg-${derivedId('test', this.made.length)}`,
      signer: actor.id,
      printedName: { subject: actor.id, box: `v1.iv.${actor.id}` },
      ...what,
      signedAt: now,
      components: ['password'],
      statementDigest: 'a'.repeat(64),
    };
    this.made.push(signature);
    return signature;
  }

  async confirm(_context: unknown, _what: unknown, { password }: SigningCredentials): Promise<void> {
    if (password !== 'right') throw errors.denied('signature-refused', 'the password is not right', 'password');
  }
}
