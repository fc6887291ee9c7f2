import { IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { Strict } from '../../../http/index.js';
import type { WebhookFormat, WebhookStatus } from '../events.js';

const TEXT = { message: 'must be a string' };
const EVENTS = { message: 'must be a list of names such as "approval.requested"' };
const NAME = { each: true, ...EVENTS };

class OwnRequest {
  @IsOptional()
  @IsString(TEXT)
  readonly description?: string;

  /** Deliveries are signed with it; empty: not signed. */
  @IsOptional()
  @IsString(TEXT)
  readonly secret?: string;

  /** Value of the header Authorization; empty: none. */
  @IsOptional()
  @IsString(TEXT)
  readonly authorization?: string;

  @IsOptional()
  @IsIn(['ACTIVE', 'DISABLED', 'TEST_MODE'], { message: 'must be ACTIVE, DISABLED or TEST_MODE' })
  readonly status?: WebhookStatus;
}

@Strict()
export class OwnWebhookRequest extends OwnRequest {
  @IsString(TEXT)
  readonly name!: string;

  @IsString(TEXT)
  readonly url!: string;

  @IsOptional()
  @IsIn(['mlflow', 'databricks'], { message: 'must be mlflow or databricks' })
  readonly format?: WebhookFormat;

  @IsArray(EVENTS)
  @IsString(NAME)
  readonly events!: string[];
}

@Strict()
export class OwnUpdateRequest extends OwnRequest {
  @IsOptional()
  @IsString(TEXT)
  readonly name?: string;

  @IsOptional()
  @IsString(TEXT)
  readonly url?: string;

  @IsOptional()
  @IsArray(EVENTS)
  @IsString(NAME)
  readonly events?: string[];
}

@Strict()
export class OwnTestRequest {
  @IsOptional()
  @IsString(TEXT)
  readonly event?: string;
}
