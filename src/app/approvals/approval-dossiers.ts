import { Injectable } from '@nestjs/common';
import { Approvals, Dossier, Signature } from '../../approvals/index.js';
import { SignedDossiers } from '../../identity/index.js';

/** The port of whoever verifies signatures, filled by the room that shows dossiers: each one that was ever shown is kept. */
@Injectable()
export class ApprovalDossiers extends SignedDossiers {
  constructor(private readonly approvals: Approvals) {
    super();
  }

  async of({ kind, id }: Signature['subject'], digest?: string): Promise<Dossier | undefined> {
    return kind === 'approval' ? this.approvals.shown(id, digest) : undefined;
  }
}
