import { digestOf } from '../../../approvals/index.js';
import type { Dossier, Signature } from '../../../approvals/index.js';
import { RecordedEvent } from '../../../core/index.js';
import type { SignatureMade } from '../events.js';
import { statementHolds } from '../statement.js';

export interface Verification {
  /** Recomputed from what it says: nothing of it was changed. */
  readonly statement: boolean;
  /** Its signer's own stream has it, with this very digest: it was made by somebody who showed who they are. */
  readonly made: boolean;
  /** It is in the record that it was made for, and in no other (21 CFR 11.70). */
  readonly linked: boolean;
  /** Recomputed from the dossier that is kept: it is the one that was shown. `unknown` where none is kept. */
  readonly dossier: boolean | 'unknown';
  /** All of it. */
  readonly holds: boolean;
}

export interface Evidence {
  readonly signature: Signature;
  /** The events that carry a signature of this id, the first one first. */
  readonly carriers: readonly Pick<RecordedEvent, 'stream'>[];
  readonly made: Pick<RecordedEvent, 'type' | 'stream' | 'data'> | undefined;
  readonly dossier: Dossier | undefined;
}

export function verify({ signature, carriers, made, dossier: kept }: Evidence): Verification {
  const { subject, digest } = signature;
  const statement = statementHolds(signature);
  const wasMade = made !== undefined && madeBySigner(made, signature);
  const linked = carriers.length === 1 && carriers[0]!.stream === `${subject.kind}-${subject.id}`;
  const dossier = kept === undefined ? 'unknown' : kept.digest === digest && digestOf(kept.content) === digest;
  return { statement, made: wasMade, linked, dossier, holds: statement && wasMade && linked && dossier !== false };
}

function madeBySigner(
  { type, stream, data }: NonNullable<Evidence['made']>,
  { signatureId, signer, statementDigest }: Signature,
): boolean {
  const said = data as unknown as SignatureMade['data'];
  return (
    type === 'SignatureMade' &&
    stream === `user-${signer}` &&
    said.signatureId === signatureId &&
    said.statementDigest === statementDigest
  );
}
