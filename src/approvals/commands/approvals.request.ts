import { IsIn, IsInt, IsObject, IsOptional, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';
import { Strict, ToInt } from '../../http/index.js';
import { STATES } from '../approval/events.js';
import type { ApprovalState, Verdict } from '../approval/events.js';
import { MEANINGS } from '../port.js';
import type { Meaning } from '../port.js';

const TEXT = { message: 'must be a string' };
const COMMENT = { message: 'must have 1 to 10000 characters' };
const VERDICTS = ['approve', 'reject'] as const;
const MINE = ['requested', 'to-decide'] as const;

@Strict()
export class RequestApprovalRequest {
  @IsString(TEXT)
  @MaxLength(100)
  readonly kind!: string;

  /** What is to be done, as the kind has it: for a model version `{type, name, version, stage}` or `{type, name, version, alias}`. */
  @IsObject({ message: 'must be an object' })
  readonly action!: Readonly<Record<string, unknown>>;

  @IsOptional()
  @IsString(TEXT)
  @Length(1, 10_000, COMMENT)
  readonly comment?: string;
}

@Strict()
export class ListApprovalsRequest {
  @IsOptional()
  @IsIn(STATES, { message: `is one of ${STATES.join(', ')}` })
  readonly state?: ApprovalState;

  /** `kind` or `kind:id`. */
  @IsOptional()
  @IsString(TEXT)
  @Matches(/^[a-z-]{1,50}(:.{1,300})?$/su, { message: 'is a kind, or kind:id' })
  readonly subject?: string;

  @IsOptional()
  @IsIn(MINE, { message: `is one of ${MINE.join(', ')}` })
  readonly mine?: (typeof MINE)[number];

  @IsOptional()
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly max_results?: number;

  @IsOptional()
  @IsString(TEXT)
  @MaxLength(64)
  readonly page_token?: string;
}

@Strict()
export class DecisionRequest {
  @IsIn(VERDICTS, { message: `is one of ${VERDICTS.join(', ')}` })
  readonly decision!: Verdict;

  @IsIn(MEANINGS, { message: `is one of ${MEANINGS.join(', ')}` })
  readonly meaning!: Meaning;

  /** Why: part of the signature. */
  @IsString(TEXT)
  @Length(1, 1000, { message: 'must have 1 to 1000 characters: say why' })
  readonly reason!: string;

  /** Of the dossier that was shown. */
  @IsString(TEXT)
  @Matches(/^[0-9a-f]{64}$/, { message: 'is the digest of the dossier, 64 hex digits' })
  readonly digest!: string;

  @IsOptional()
  @IsString(TEXT)
  @MaxLength(1024)
  readonly password?: string;

  @IsOptional()
  @IsString(TEXT)
  @MaxLength(64)
  readonly code?: string;

  @IsOptional()
  @IsString(TEXT)
  @MaxLength(4096)
  readonly signing_ticket?: string;
}

@Strict()
export class CommentRequest {
  @IsString(TEXT)
  @Length(1, 10_000, COMMENT)
  readonly comment!: string;
}

@Strict()
export class WithdrawRequest {
  @IsOptional()
  @IsString(TEXT)
  @MaxLength(1000)
  readonly reason?: string;
}
