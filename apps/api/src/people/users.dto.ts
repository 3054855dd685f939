import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsBoolean, IsIn, IsOptional } from 'class-validator';
import { type PasswordReset, type Role, ROLES, type UserPage, type UserView } from '#access';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';
import { PageCursor, PageLimit } from '../openapi/page.decorators.js';
import { IsPlainText } from '../problem/validation.js';

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

export class CreateUserRequest {
  @Text(1, 100, {
    example: 'alice',
    description:
      'To log in with, unique in the tenant: letters, digits and `._@+-`. Capitals make no difference.',
  })
  @IsPlainText()
  name!: string;

  @ApiProperty({ enum: ROLES, isArray: true, minItems: 1, example: ['reviewer'] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(ROLES.length)
  @IsIn(ROLES, { each: true })
  roles!: Role[];
}

export class ChangeUserRequest {
  @ApiPropertyOptional({ enum: ROLES, isArray: true, minItems: 1, description: 'All roles from now on.' })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(ROLES.length)
  @IsIn(ROLES, { each: true })
  roles?: Role[];

  @ApiPropertyOptional({ example: true, description: 'Whether the person may not log in.' })
  @IsOptional()
  @IsBoolean()
  disabled?: boolean;
}

export class ListUsersQuery {
  @PageLimit(MAX_PAGE, DEFAULT_PAGE)
  limit: number = DEFAULT_PAGE;

  @PageCursor(600)
  cursor?: string;
}

@ApiSchema({ name: 'User' })
export class UserResponse implements UserView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.userId })
  id!: string;

  @ApiProperty({ example: 'alice' })
  name!: string;

  @ApiProperty({ enum: ROLES, isArray: true, example: ['reviewer'] })
  roles!: readonly Role[];

  @ApiProperty({ example: EXAMPLE.createdAt })
  createdAt!: Date;

  @ApiProperty({
    type: Date,
    nullable: true,
    example: null,
    description: 'Null while the person may log in.',
  })
  disabledAt!: Date | null;

  @ApiProperty({
    type: Date,
    nullable: true,
    example: EXAMPLE.initialPasswordUntil,
    description: 'Until when the password that was handed out works; null once the person has chosen one.',
  })
  initialPasswordUntil!: Date | null;
}

@ApiSchema({ name: 'CreatedUser' })
export class CreatedUserResponse extends UserResponse {
  @ApiProperty({
    example: 'bD3kq0mQ8sVwX1yZ2aB4cA',
    description:
      'Hand it to the person, who must change it at the first login; not shown again, but under the same `Idempotency-Key`.',
  })
  initialPassword!: string;
}

@ApiSchema({ name: 'UserPage' })
export class UserPageResponse implements UserPage {
  @ApiProperty({ type: [UserResponse], description: 'By name.' })
  items!: readonly UserResponse[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null on the last page.' })
  nextCursor!: string | null;
}

@ApiSchema({ name: 'PasswordReset' })
export class PasswordResetResponse implements PasswordReset {
  @ApiProperty({
    example: 'bD3kq0mQ8sVwX1yZ2aB4cA',
    description: 'Must be changed at the login; not shown again, but under the same `Idempotency-Key`.',
  })
  initialPassword!: string;

  @ApiProperty({ example: EXAMPLE.initialPasswordUntil })
  initialPasswordUntil!: Date;

  @ApiProperty({
    example: `${EXAMPLE.deviceId}.5b9Q…`,
    description: "Sent with the login it passes the delay that other people's failures have caused.",
  })
  deviceToken!: string;
}
