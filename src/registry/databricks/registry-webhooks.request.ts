import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';
import { ListWebhooksRequest } from '../webhooks/commands/webhooks.request.js';
import type { WebhookStatus } from '../webhooks/events.js';

const TEXT = { message: 'must be a string' };
const EVENTS = { message: 'must be a list of names of events' };
const NAMES = { each: true, ...EVENTS };
const STATUS = { message: 'must be ACTIVE, DISABLED or TEST_MODE' };

export class HttpUrlSpecRequest {
  @IsOptional()
  @IsString(TEXT)
  url?: string;

  @IsOptional()
  @IsString(TEXT)
  secret?: string;

  @IsOptional()
  @IsString(TEXT)
  authorization?: string;

  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  enable_ssl_verification?: boolean;
}

class RegistryWebhookRequest {
  @IsOptional()
  @IsString(TEXT)
  description?: string;

  @IsOptional()
  @IsIn(['ACTIVE', 'DISABLED', 'TEST_MODE'], STATUS)
  status?: WebhookStatus;

  @IsOptional()
  @ValidateNested()
  @Type(() => HttpUrlSpecRequest)
  http_url_spec?: HttpUrlSpecRequest;

  @IsOptional()
  job_spec?: unknown;
}

export class CreateRegistryWebhookRequest extends RegistryWebhookRequest {
  @IsArray(EVENTS)
  @IsString(NAMES)
  events!: string[];

  @IsOptional()
  @IsString(TEXT)
  model_name?: string;
}

export class UpdateRegistryWebhookRequest extends RegistryWebhookRequest {
  @IsString(TEXT)
  id!: string;

  @IsOptional()
  @IsArray(EVENTS)
  @IsString(NAMES)
  events?: string[];
}

export class RegistryWebhookIdRequest {
  @IsString(TEXT)
  id!: string;
}

export class TestRegistryWebhookRequest extends RegistryWebhookIdRequest {
  @IsOptional()
  @IsString(TEXT)
  event?: string;
}

export class ListRegistryWebhooksRequest extends ListWebhooksRequest {
  @IsOptional()
  @IsString(TEXT)
  model_name?: string;

  /** Those that are told of one of these at least. */
  @IsOptional()
  events?: string | string[];
}
