import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Administrator as AdministratorOf, actorOf, type Principal, scopesOf } from '#access';
import { ProblemError } from '#errors';
import type { Caller as CallerOf } from '#subjects';

export type Person = Extract<Principal, { kind: 'user' }>;

/** The caller as use cases want it: tenant, actor of the audit trail, correlation id. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerOf =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The caller with what it may do itself, for deeds that hand on rights. */
export const Administrator = createParamDecorator(
  (_: unknown, context: ExecutionContext): AdministratorOf => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return { ...callerOf(request), scopes: scopesOf(principalOfRequest(request)) };
  },
);

/** The caller as the token proved it, for the few routes that depend on further scopes. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOfRequest(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The person who is calling, on routes that only people may call. */
export const CurrentPerson = createParamDecorator((_: unknown, context: ExecutionContext): Person => {
  const principal = principalOfRequest(context.switchToHttp().getRequest<FastifyRequest>());
  if (principal.kind !== 'user') throw new ProblemError('unauthenticated');
  return principal;
});

function callerOf(request: FastifyRequest): CallerOf {
  const principal = principalOfRequest(request);
  return { tenantId: principal.tenantId, actor: actorOf(principal), correlationId: request.id };
}

function principalOfRequest({ principal }: FastifyRequest): Principal {
  if (!principal) throw new ProblemError('unauthenticated');
  return principal;
}
