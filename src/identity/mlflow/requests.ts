import { IsBoolean, IsInt, IsNotEmpty, IsOptional, IsString, Matches, MaxLength, Min } from 'class-validator';
import { ToInt, ToList } from '../../http/index.js';
import { ONE_LINE } from '../commands/one-line.js';

const LONGEST_NAME = 256;

export class UserRequest {
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_NAME)
  readonly username!: string;
}

export class CreateUserRequest extends UserRequest {
  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  readonly password!: string;
}

export class UpdatePasswordRequest extends CreateUserRequest {
  /** Of one's own password only. */
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  readonly current_password?: string;
}

export class UpdateAdminRequest extends UserRequest {
  @IsBoolean()
  readonly is_admin!: boolean;
}

export class CreateRoleRequest {
  @IsString()
  @MaxLength(LONGEST_NAME)
  @Matches(/\S/, { message: 'Role name cannot be empty.' })
  @Matches(ONE_LINE, { message: 'name is one line of plain text' })
  readonly name!: string;

  @IsString()
  @MaxLength(LONGEST_NAME)
  @Matches(/\S/, { message: 'Workspace cannot be empty.' })
  readonly workspace!: string;

  @IsOptional()
  @IsString()
  @MaxLength(4000)
  readonly description?: string;
}

export class RoleRequest {
  @ToInt()
  @IsInt()
  @Min(0)
  readonly role_id!: number;
}

export class UpdateRoleRequest extends RoleRequest {
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_NAME)
  @Matches(/\S/, { message: 'Role name cannot be empty.' })
  @Matches(ONE_LINE, { message: 'name is one line of plain text' })
  readonly name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(4000)
  readonly description?: string;
}

export class ListRolesRequest {
  @IsOptional()
  @ToList()
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  readonly workspace?: readonly string[];
}

export class AddRolePermissionRequest extends RoleRequest {
  @IsString()
  @MaxLength(LONGEST_NAME)
  readonly resource_type!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_NAME)
  readonly resource_pattern!: string;

  @IsString()
  @MaxLength(LONGEST_NAME)
  readonly permission!: string;
}

export class RolePermissionRequest {
  @ToInt()
  @IsInt()
  @Min(0)
  readonly role_permission_id!: number;
}

export class UpdateRolePermissionRequest extends RolePermissionRequest {
  @IsString()
  @MaxLength(LONGEST_NAME)
  readonly permission!: string;
}

export class RoleOfUserRequest extends RoleRequest {
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_NAME)
  readonly username!: string;
}

export class UserPermissionRequest extends UserRequest {
  @IsString()
  @MaxLength(LONGEST_NAME)
  readonly resource_type!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_NAME)
  readonly resource_id!: string;
}

export class GrantUserPermissionRequest extends UserPermissionRequest {
  @IsString()
  @MaxLength(LONGEST_NAME)
  readonly permission!: string;
}
