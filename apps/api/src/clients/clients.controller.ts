import { Body, Controller, Delete, Get, Header, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Administrator as AdministratorOf, ClientAdministration } from '#access';
import { Administrator } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import {
  ChangeClientRequest,
  ClientListResponse,
  ClientResponse,
  CreateClientRequest,
  NewClientResponse,
  RotatedSecretResponse,
  RotateClientSecretRequest,
} from './clients.dto.js';

const CLIENT_ID = new IdPipe('client_not_found');

@ApiTags('clients')
@Controller('v1/clients')
export class ClientsController {
  constructor(private readonly clients: ClientAdministration) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'createClient',
    idempotent: true,
    summary: 'Create a client',
    answers: { 201: { description: 'The client, with its secret.', type: NewClientResponse } },
    refusals: ['scope_not_held', 'client_name_taken'],
  })
  async create(
    @Administrator() by: AdministratorOf,
    @Body() body: CreateClientRequest,
  ): Promise<NewClientResponse> {
    const { clientId, clientSecret, scopes } = await this.clients.create(by, body);
    return { clientId, clientSecret, scopes };
  }

  @Get()
  @Documented({
    operationId: 'listClients',
    summary: "List the tenant's clients, disabled ones too",
    answers: { 200: { description: 'The clients, by name.', type: ClientListResponse } },
  })
  async list(@Administrator() { tenantId }: AdministratorOf): Promise<ClientListResponse> {
    return { items: await this.clients.list(tenantId) };
  }

  @Get(':id')
  @Documented({
    operationId: 'readClient',
    summary: 'Read a client',
    answers: { 200: { description: 'The client.', type: ClientResponse } },
    refusals: ['client_not_found'],
  })
  get(
    @Administrator() { tenantId }: AdministratorOf,
    @Param('id', CLIENT_ID) id: string,
  ): Promise<ClientResponse> {
    return this.clients.get(tenantId, id);
  }

  @Patch(':id')
  @Documented({
    operationId: 'changeClient',
    summary: 'Change the name, scopes or rate limit of a client',
    description: 'Taking a scope away ends its access tokens within seconds; it can fetch new ones.',
    answers: { 200: { description: 'The client as it is now.', type: ClientResponse } },
    refusals: ['scope_not_held', 'client_not_found', 'client_name_taken'],
  })
  change(
    @Administrator() by: AdministratorOf,
    @Param('id', CLIENT_ID) id: string,
    @Body() body: ChangeClientRequest,
  ): Promise<ClientResponse> {
    return this.clients.change(by, id, body);
  }

  @Post(':id/secret')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'rotateClientSecret',
    idempotent: true,
    summary: 'Draw a new secret; the one until now stays good for a while',
    description:
      'One secret can overlap: of two rotations in a row the oldest secret ends at once. The caller must hold every scope of the client.',
    answers: { 200: { description: 'The new secret.', type: RotatedSecretResponse } },
    refusals: ['scope_not_held', 'client_not_found'],
  })
  rotate(
    @Administrator() by: AdministratorOf,
    @Param('id', CLIENT_ID) id: string,
    @Body() { overlapSeconds }: RotateClientSecretRequest,
  ): Promise<RotatedSecretResponse> {
    return this.clients.rotateSecret(by, id, overlapSeconds);
  }

  @Delete(':id/previous-secret')
  @Documented({
    operationId: 'endPreviousClientSecret',
    summary: 'End the secret before the last rotation now',
    description: 'Where there is none any more, nothing happens.',
    answers: { 204: { description: 'Only the newest secret is good.' } },
    refusals: ['client_not_found'],
  })
  endPreviousSecret(@Administrator() by: AdministratorOf, @Param('id', CLIENT_ID) id: string): Promise<void> {
    return this.clients.endPreviousSecret(by, id);
  }

  @Post(':id/disable')
  @Documented({
    operationId: 'disableClient',
    summary: 'Disable a client',
    description:
      'It gets no token from now on, and those it has are refused within 5 seconds everywhere, for good. Disabling twice is no error.',
    answers: { 200: { description: 'The client, disabled.', type: ClientResponse } },
    refusals: ['client_not_found'],
  })
  disable(@Administrator() by: AdministratorOf, @Param('id', CLIENT_ID) id: string): Promise<ClientResponse> {
    return this.clients.disable(by, id);
  }

  @Post(':id/enable')
  @Documented({
    operationId: 'enableClient',
    summary: 'Enable a client again',
    description: 'Its secret is good again; its old tokens are not. Enabling twice is no error.',
    answers: { 200: { description: 'The client, enabled.', type: ClientResponse } },
    refusals: ['client_not_found'],
  })
  enable(@Administrator() by: AdministratorOf, @Param('id', CLIENT_ID) id: string): Promise<ClientResponse> {
    return this.clients.enable(by, id);
  }
}
