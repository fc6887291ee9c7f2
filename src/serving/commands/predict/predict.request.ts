import { IsArray, IsOptional, IsString, Length } from 'class-validator';
import { Strict } from '../../../http/index.js';

@Strict()
export class PredictRequest {
  @IsString({ message: 'must be models:/<name>/<stage or version>' })
  model!: string;

  /** What a sample must hold depends on the model, so they are checked when it is known. */
  @IsArray({ message: 'must be a list of samples' })
  samples!: unknown[];

  @IsOptional()
  @IsString({ message: 'must be a string' })
  @Length(1, 1000, { message: 'must have 1 to 1000 characters' })
  reason?: string;
}
