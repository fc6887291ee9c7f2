import { IsArray, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ToInt, ToList } from '../../http/index.js';
import { NameRequest } from '../requests.js';

const TEXT = { message: 'must be a string' };
const TEXTS = { each: true, message: 'must be a list of strings' };

class SearchRequest {
  @IsOptional()
  @IsString(TEXT)
  filter?: string;

  @IsOptional()
  @ToList()
  @IsArray({ message: 'must be a list of strings' })
  @IsString(TEXTS)
  order_by?: string[];

  @IsOptional()
  @IsString(TEXT)
  page_token?: string;
}

const MOST_MODELS = 1000;
const MOST_VERSIONS = 200_000;
const between = (most: number) => ({ message: `must be a whole number from 1 to ${most}` });

export class SearchModelsRequest extends SearchRequest {
  @IsOptional()
  @ToInt()
  @IsInt(between(MOST_MODELS))
  @Min(1, between(MOST_MODELS))
  @Max(MOST_MODELS, between(MOST_MODELS))
  max_results?: number;
}

export class SearchVersionsRequest extends SearchRequest {
  @IsOptional()
  @ToInt()
  @IsInt(between(MOST_VERSIONS))
  @Min(1, between(MOST_VERSIONS))
  @Max(MOST_VERSIONS, between(MOST_VERSIONS))
  max_results?: number;
}

export class LatestVersionsRequest extends NameRequest {
  @IsOptional()
  @ToList()
  @IsArray({ message: 'must be a list of stages' })
  @IsString(TEXTS)
  stages?: string[];
}
