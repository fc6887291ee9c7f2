import { ArrayUnique, IsArray, IsEmail, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ROLES } from '../../../core/index.js';
import type { Role } from '../../../core/index.js';
import type { AccountKind } from '../../directory/directory.js';
import { ONE_LINE } from '../one-line.js';
import { Strict } from '../../../http/index.js';
import { StatesHow } from '../../verification/states-how.js';

@Strict()
export class CreateUserRequest {
  @IsString()
  @MaxLength(128)
  readonly login!: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  @Matches(ONE_LINE, { message: 'display_name is one line of plain text' })
  readonly display_name?: string;

  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  readonly email?: string;

  /** None is allowed: the account may then see and change only itself, until somebody gives it a role. */
  @IsArray()
  @ArrayUnique({ message: 'roles names one of them twice' })
  @IsIn(ROLES, { each: true, message: `each of roles is one of ${ROLES.join(', ')}` })
  readonly roles!: readonly Role[];

  @IsOptional()
  @IsIn(['person', 'service'])
  readonly kind?: AccountKind;

  /** How the person's identity was verified. Without it the account is pending until that is recorded. */
  @IsOptional()
  @StatesHow()
  readonly identity_verified?: string;

  @IsOptional()
  @IsString()
  readonly reason?: string;
}
