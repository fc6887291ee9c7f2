import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsOptional, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import { Strict } from '../../http/index.js';
import { MAX_POLICY_BYTES } from '../document/yaml.js';
import { MAX_TRANSITIONS } from '../dry-run/dry-run.js';

@Strict()
export class DraftPolicyRequest {
  /** The policy in YAML. */
  @MaxLength(MAX_POLICY_BYTES, { message: `must have at most ${MAX_POLICY_BYTES} characters` })
  @IsNotEmpty({ message: 'is the text of a policy in YAML' })
  @IsString({ message: 'is the text of a policy in YAML' })
  source!: string;
}

@Strict()
export class CheckPolicyRequest extends DraftPolicyRequest {
  /** How many of the last moves it is tried on. */
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: `must be a whole number from 0 to ${MAX_TRANSITIONS}` })
  @Min(0, { message: `must be a whole number from 0 to ${MAX_TRANSITIONS}` })
  @Max(MAX_TRANSITIONS, { message: `must be a whole number from 0 to ${MAX_TRANSITIONS}` })
  transitions?: number;
}

@Strict()
export class ReasonRequest {
  @IsString({ message: 'must say why' })
  @Length(1, 1000, { message: 'must have 1 to 1000 characters' })
  reason!: string;
}
