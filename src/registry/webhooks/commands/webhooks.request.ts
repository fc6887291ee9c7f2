import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { ToInt } from '../../../http/index.js';
import type { WebhookStatus } from '../events.js';

const TEXT = { message: 'must be a string' };
const STATUS = { message: 'must be ACTIVE or DISABLED' };
const EVENTS = { message: 'must be a list of {entity, action}' };
const PAGE = { message: 'must be a whole number from 1 to 1000' };

export class WebhookEventRequest {
  @IsString(TEXT)
  entity!: string;

  @IsString(TEXT)
  action!: string;
}

class WebhookRequest {
  @IsOptional()
  @IsString(TEXT)
  description?: string;

  @IsOptional()
  @IsString(TEXT)
  secret?: string;

  @IsOptional()
  @IsIn(['ACTIVE', 'DISABLED'], STATUS)
  status?: WebhookStatus;
}

export class CreateWebhookRequest extends WebhookRequest {
  @IsString(TEXT)
  name!: string;

  @IsString(TEXT)
  url!: string;

  @IsArray(EVENTS)
  @ValidateNested({ each: true })
  @Type(() => WebhookEventRequest)
  events!: WebhookEventRequest[];
}

export class UpdateWebhookRequest extends WebhookRequest {
  @IsOptional()
  @IsString(TEXT)
  name?: string;

  @IsOptional()
  @IsString(TEXT)
  url?: string;

  @IsOptional()
  @IsArray(EVENTS)
  @ValidateNested({ each: true })
  @Type(() => WebhookEventRequest)
  events?: WebhookEventRequest[];
}

export class TestWebhookRequest {
  @IsOptional()
  @ValidateNested()
  @Type(() => WebhookEventRequest)
  event?: WebhookEventRequest;
}

export class ListWebhooksRequest {
  @IsOptional()
  @ToInt()
  @IsInt(PAGE)
  @Min(1, PAGE)
  @Max(1000, PAGE)
  max_results?: number;

  @IsOptional()
  @IsString(TEXT)
  page_token?: string;
}
