import { IsNotEmpty, IsObject, IsOptional, IsString } from 'class-validator';
import { Strict } from '../../../http/index.js';

@Strict()
export class RequestTrainingRequest {
  @IsString()
  @IsNotEmpty()
  readonly dataset_id!: string;

  @IsString()
  @IsNotEmpty()
  readonly experiment_name!: string;

  @IsString()
  @IsNotEmpty()
  readonly registered_model_name!: string;

  /** By scikit-learn's names: n_estimators, max_depth, min_samples_split, min_samples_leaf, class_weight, random_state. */
  @IsOptional()
  @IsObject()
  readonly parameters?: Record<string, unknown>;

  /** Texts by key; they go to the run. */
  @IsOptional()
  @IsObject()
  readonly tags?: Record<string, string>;

  @IsOptional()
  @IsString()
  readonly run_name?: string;

  /** Why; recorded with every event that comes of it. */
  @IsOptional()
  @IsString()
  readonly reason?: string;

  /** The same key again means the same job; so does the header `Idempotency-Key`. */
  @IsOptional()
  @IsString()
  readonly request_key?: string;
}
