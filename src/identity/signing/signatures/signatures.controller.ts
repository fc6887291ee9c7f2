import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { errors, toIso } from '../../../core/index.js';
import { CUSTODY_API, Requires, Strict, ToInt } from '../../../http/index.js';
import { ERASED } from '../../queries/erased.js';
import { FoundSignature, GetSignature, ListSignatures } from './query.js';

const PAGE = 100;
const SIGNATURE_ID = /^sg-[0-9a-f-]{36}$/;

@Strict()
export class ListSignaturesRequest {
  /** Id of an account. */
  @IsOptional() @IsString() @MaxLength(128) readonly signer?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly subject_kind?: string;
  @IsOptional() @IsString() @MaxLength(128) readonly subject_id?: string;
  @IsOptional() @ToInt() @IsInt() @Min(1) @Max(500) readonly limit?: number;
  @IsOptional()
  @IsString()
  @Matches(/^\d{1,15}$/, { message: 'must be the next_page_token of the page before' })
  readonly page_token?: string;
}

@ApiTags('signatures')
@Controller(`${CUSTODY_API}/signatures`)
export class SignaturesController {
  constructor(private readonly queries: QueryBus) {}

  /** The register of electronic signatures, the latest first. */
  @Get()
  @Requires('signature:read')
  async list(@Query() { signer, subject_kind, subject_id, limit, page_token }: ListSignaturesRequest) {
    const filters = { signer, subjectKind: subject_kind, subjectId: subject_id };
    const before = page_token === undefined ? undefined : Number(page_token);
    const page = await this.queries.execute(new ListSignatures(filters, limit ?? PAGE, before));
    return { signatures: page.signatures.map(wire), next_page_token: page.next?.toString() };
  }

  /** Who signed what, when, what it means and why, and whether all of that still holds (21 CFR 11.50, 11.70). */
  @Get(':id')
  @Requires('signature:read')
  async get(@Param('id') id: string) {
    if (!SIGNATURE_ID.test(id)) throw errors.notFound('signature-not-found', 'no record carries such a signature');
    return { signature: wire(await this.queries.execute(new GetSignature(id))) };
  }
}

const wire = ({ signature, printedName, eventId, verification }: FoundSignature) => ({
  signature_id: signature.signatureId,
  signer: signature.signer,
  printed_name: printedName ?? ERASED,
  signed_at: toIso(signature.signedAt),
  meaning: signature.meaning,
  reason: signature.reason,
  subject: signature.subject,
  digest: signature.digest,
  components: signature.components,
  statement_digest: signature.statementDigest,
  /** For whoever recomputes the digest: with this, its signer's name stays covered after it was erased. */
  statement: (({ statementDigest: _, ...statement }) => statement)(signature),
  event_id: eventId,
  verification,
});
