import { Inject, Injectable, Optional } from '@nestjs/common';
import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Signature } from '../../../approvals/index.js';
import { errors, EventCatalogue, PersonalData, RecordedEvent } from '../../../core/index.js';
import { LEDGER } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/index.js';
import { ReadModels } from '../../../projection/index.js';
import { SignedDossiers } from './signed-dossiers.js';
import { SignaturesSchema, SignaturesTable } from './table.js';
import { Verification, verify } from './verify.js';

export interface FoundSignature {
  readonly signature: Signature;
  /** `undefined` once the person has been erased. */
  readonly printedName: string | undefined;
  readonly eventId: string;
  readonly verification: Verification;
}

/** One signature, read from the log itself and verified. */
export class GetSignature extends Query<FoundSignature> {
  constructor(readonly signatureId: string) {
    super();
  }
}

export interface SignaturesFilters {
  readonly signer?: string;
  readonly subjectKind?: string;
  readonly subjectId?: string;
}

export interface SignaturesPage {
  readonly signatures: readonly FoundSignature[];
  /** Position of the last one, when there are more. */
  readonly next?: number;
}

/** The register, the latest first, each one verified. */
export class ListSignatures extends Query<SignaturesPage> {
  constructor(
    readonly filters: SignaturesFilters,
    readonly limit: number,
    readonly before?: number,
  ) {
    super();
  }
}

/** The read model says where to look; what is shown and verified comes from the log. */
@Injectable()
export class SignatureReader {
  constructor(
    private readonly models: ReadModels,
    private readonly catalogue: EventCatalogue,
    private readonly personal: PersonalData,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Optional() private readonly dossiers?: SignedDossiers,
  ) {}

  async read(first: SignaturesTable): Promise<FoundSignature> {
    const { signature_id: id } = first;
    const db = this.models.db<SignaturesSchema>();
    const carriers = await db
      .selectFrom('identity_signatures')
      .select('stream')
      .where('signature_id', '=', id)
      .orderBy('position')
      .execute();
    const row = await db
      .selectFrom('identity_signatures_made')
      .selectAll()
      .where('signature_id', '=', id)
      .executeTakeFirst();
    const event = await this.event(first);
    if (!event) throw errors.lost('signature-lost', 'the log does not have the event that carried this signature');
    const { signature } = event.data as unknown as { readonly signature: Signature };
    const made = row && (await this.event(row));
    const dossier = await this.dossiers?.of(signature.subject, signature.digest);
    return {
      signature,
      printedName: this.personal.unseal(signature.printedName),
      eventId: event.id,
      verification: verify({ signature, carriers, made, dossier }),
    };
  }

  private async event(at: { readonly stream: string; readonly revision: number }): Promise<RecordedEvent | undefined> {
    const [event] = await this.ledger.read(at.stream, { from: at.revision, limit: 1 });
    if (event?.revision !== at.revision) return undefined;
    return this.catalogue.upcast<RecordedEvent>(event);
  }
}

@QueryHandler(GetSignature)
export class GetSignatureHandler implements IQueryHandler<GetSignature> {
  constructor(
    private readonly models: ReadModels,
    private readonly reader: SignatureReader,
  ) {}

  async execute({ signatureId }: GetSignature): Promise<FoundSignature> {
    const row = await this.models
      .db<SignaturesSchema>()
      .selectFrom('identity_signatures')
      .selectAll()
      .where('signature_id', '=', signatureId)
      .orderBy('position')
      .limit(1)
      .executeTakeFirst();
    if (!row) throw errors.notFound('signature-not-found', 'no record carries such a signature');
    return this.reader.read(row);
  }
}

@QueryHandler(ListSignatures)
export class ListSignaturesHandler implements IQueryHandler<ListSignatures> {
  constructor(
    private readonly models: ReadModels,
    private readonly reader: SignatureReader,
  ) {}

  async execute({
    filters: { signer, subjectKind, subjectId },
    limit,
    before,
  }: ListSignatures): Promise<SignaturesPage> {
    let query = this.models.db<SignaturesSchema>().selectFrom('identity_signatures').selectAll();
    if (before !== undefined) query = query.where('position', '<', before);
    if (signer !== undefined) query = query.where('signer', '=', signer);
    if (subjectKind !== undefined) query = query.where('subject_kind', '=', subjectKind);
    if (subjectId !== undefined) query = query.where('subject_id', '=', subjectId);
    const rows = await query
      .orderBy('position', 'desc')
      .limit(limit + 1)
      .execute();
    const shown = rows.slice(0, limit);
    const signatures = await Promise.all(shown.map((row) => this.reader.read(row)));
    const last = shown.at(-1);
    return rows.length > limit && last ? { signatures, next: last.position } : { signatures };
  }
}
