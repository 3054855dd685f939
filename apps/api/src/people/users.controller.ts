import { Body, Controller, Get, Header, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller as CallerOf, UserPasswords, Users } from '#access';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import {
  ChangeUserRequest,
  CreatedUserResponse,
  CreateUserRequest,
  ListUsersQuery,
  PasswordResetResponse,
  UserPageResponse,
  UserResponse,
} from './users.dto.js';

const USER_ID = new IdPipe('user_not_found');

@ApiTags('users')
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly users: Users,
    private readonly passwords: UserPasswords,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'createUser',
    idempotent: true,
    summary: 'Create a person who may log in',
    answers: { 201: { description: 'The user, with a password to hand out.', type: CreatedUserResponse } },
    refusals: ['user_name_taken'],
  })
  async create(
    @Caller() caller: CallerOf,
    @Body() { name, roles }: CreateUserRequest,
  ): Promise<CreatedUserResponse> {
    const user = await this.users.create(caller, { name, roles });
    return { ...user, initialPassword: user.initialPassword as string };
  }

  @Get()
  @Documented({
    operationId: 'listUsers',
    summary: 'List the people who may log in, by name',
    answers: { 200: { description: 'A page of users.', type: UserPageResponse } },
  })
  list(@Caller() { tenantId }: CallerOf, @Query() query: ListUsersQuery): Promise<UserPageResponse> {
    return this.users.list(tenantId, query);
  }

  @Get(':id')
  @Documented({
    operationId: 'readUser',
    summary: 'Read a user',
    answers: { 200: { description: 'The user.', type: UserResponse } },
    refusals: ['user_not_found'],
  })
  get(@Caller() { tenantId }: CallerOf, @Param('id', USER_ID) id: string): Promise<UserResponse> {
    return this.users.get(tenantId, id);
  }

  @Patch(':id')
  @Documented({
    operationId: 'changeUser',
    summary: 'Give other roles, disable or enable',
    description: "Either ends the person's sessions. The last enabled administrator keeps the role.",
    answers: { 200: { description: 'The user as it is now.', type: UserResponse } },
    refusals: ['user_not_found', 'last_admin'],
  })
  change(
    @Caller() caller: CallerOf,
    @Param('id', USER_ID) id: string,
    @Body() changes: ChangeUserRequest,
  ): Promise<UserResponse> {
    return this.users.change(caller, id, changes);
  }

  @Post(':id/password-reset')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'resetPassword',
    idempotent: true,
    summary: 'Draw a new password to hand out',
    description: 'Every session and every known device of the person ends.',
    answers: { 200: { description: 'What to hand out.', type: PasswordResetResponse } },
    refusals: ['user_not_found'],
  })
  resetPassword(
    @Caller() caller: CallerOf,
    @Param('id', USER_ID) id: string,
  ): Promise<PasswordResetResponse> {
    return this.passwords.reset(caller, id);
  }
}
