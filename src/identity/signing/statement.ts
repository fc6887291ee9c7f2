import { digestOf, Signature } from '../../approvals/index.js';
import { JsonObject } from '../../core/index.js';

/** All that a signature says, and so all that it covers: whatever is changed in it gives another digest. */
export type Statement = Omit<Signature, 'statementDigest'>;

export const statementDigest = (statement: Statement): string => digestOf(statement as unknown as JsonObject);

export const signed = (statement: Statement): Signature => ({
  ...statement,
  statementDigest: statementDigest(statement),
});

/** Whether it still says what was signed; fields that were added count as changed too. */
export function statementHolds({ statementDigest: claimed, ...statement }: Signature): boolean {
  return statementDigest(statement) === claimed;
}
