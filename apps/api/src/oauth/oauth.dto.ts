import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type PublicJwk, SCOPES } from '#access';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';

export class TokenRequest {
  @Text(0, 100, { enum: ['client_credentials'], minLength: 1, example: 'client_credentials' })
  grant_type!: string;

  @Text(0, 100, {
    required: false,
    format: 'uuid',
    example: EXAMPLE.clientId,
    description: 'Here or in the Basic authorization header.',
  })
  client_id?: string;

  @Text(0, 200, {
    required: false,
    format: 'password',
    example: 'zK3pT0mQ…',
    description: 'Here or in the Basic authorization header.',
  })
  client_secret?: string;

  @Text(0, 1_000, {
    required: false,
    example: 'subjects:write captures:create captures:read',
    description: `Separated by spaces; all of the client when absent. There are: ${SCOPES.join(', ')}.`,
  })
  scope?: string;
}

@ApiSchema({ name: 'Token' })
export class TokenResponse {
  @ApiProperty({ example: 'eyJhbGciOiJFUzI1NiIsImtpZCI6…' })
  access_token!: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  token_type!: 'Bearer';

  @ApiProperty({ type: 'integer', minimum: 1, example: 900, description: 'Seconds.' })
  expires_in!: number;

  @ApiProperty({
    example: 'subjects:write captures:create captures:read',
    description: 'Separated by spaces.',
  })
  scope!: string;
}

@ApiSchema({ name: 'PublicKey', description: 'A P-256 key (RFC 7518, section 6.2).' })
class JwkResponse implements PublicJwk {
  @ApiProperty({ enum: ['EC'], example: 'EC' })
  kty!: 'EC';

  @ApiProperty({ enum: ['P-256'], example: 'P-256' })
  crv!: 'P-256';

  @ApiProperty({ enum: ['ES256'], example: 'ES256' })
  alg!: 'ES256';

  @ApiProperty({ enum: ['sig'], example: 'sig' })
  use!: 'sig';

  @ApiProperty({ example: '2026-11' })
  kid!: string;

  @ApiProperty({ example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' })
  x!: string;

  @ApiProperty({ example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' })
  y!: string;
}

@ApiSchema({ name: 'KeySet' })
export class JwksResponse {
  @ApiProperty({ type: [JwkResponse] })
  keys!: readonly JwkResponse[];
}
