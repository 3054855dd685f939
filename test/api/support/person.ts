import { randomBytes } from 'node:crypto';
import { Clients, type Role, Users } from '#access';
import type { Answer } from './call.js';
import type { TestApi } from './test-api.js';

/** A person who chose a password and logged in once. */
export interface Person {
  readonly tenant: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly name: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly deviceToken: string;
}

export interface Login {
  readonly tenant: string;
  readonly name: string;
  readonly password: string;
}

const draw = (): string => randomBytes(12).toString('hex');

/** Default: an admin of a tenant of its own. */
export async function createPerson(
  api: TestApi,
  { roles = ['admin'], tenant = draw() }: { roles?: Role[]; tenant?: string } = {},
): Promise<Person> {
  const tenantId = await api.app.get(Clients).tenant(tenant);
  const [name, password] = [`person-${draw()}`, `pass phrase ${draw()}`];
  const caller = { tenantId, actor: { kind: 'system' as const } };
  const { id: userId } = await api.app.get(Users).create(caller, { name, roles, password });
  const { body, status, text } = await logIn(api, { tenant, name, password });
  if (status !== 200) throw new Error(`The login was refused: ${text}`);
  const { accessToken: token, refreshToken, deviceToken } = body as Record<string, string>;
  return { tenant, tenantId, userId, name, password, token, refreshToken, deviceToken } as Person;
}

/** @param from the address that a proxy would name */
export function logIn(
  api: TestApi,
  { tenant, name, password }: Login,
  { deviceToken, from }: { deviceToken?: string; from?: string } = {},
): Promise<Answer> {
  const headers = from ? { 'x-forwarded-for': from } : undefined;
  return api.call('POST', '/v1/auth/login', { json: { tenant, name, password, deviceToken }, headers });
}

export function refresh(api: TestApi, refreshToken: string): Promise<Answer> {
  return api.call('POST', '/v1/auth/refresh', { json: { refreshToken } });
}

export function listSessions(api: TestApi, token: string): Promise<Answer> {
  return api.call('GET', '/v1/auth/sessions', { token });
}
