import type { Dossier, Signature } from '../../../approvals/index.js';

/** What signatures are about, where it is kept. Filled by whoever keeps it. */
export abstract class SignedDossiers {
  /** As it was shown to those who signed it, the one with this digest if there were several; `undefined` when nothing is known of the subject. */
  abstract of(subject: Signature['subject'], digest?: string): Promise<Dossier | undefined>;
}
