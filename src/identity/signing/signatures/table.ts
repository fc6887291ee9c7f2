/** A signature where a record carries it: a second row under one id is a copy of it. */
export interface SignaturesTable {
  /** Position of the event that carries it. */
  readonly position: number;
  readonly signature_id: string;
  readonly signer: string;
  readonly meaning: string;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly digest: string;
  readonly signed_at: number;
  readonly event_id: string;
  readonly stream: string;
  readonly revision: number;
}

/** What signers' own streams say they have made. */
export interface MadeTable {
  readonly signature_id: string;
  readonly user_id: string;
  readonly stream: string;
  readonly revision: number;
}

export interface SignaturesSchema {
  readonly identity_signatures: SignaturesTable;
  readonly identity_signatures_made: MadeTable;
}
