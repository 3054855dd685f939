import { accessOf } from '../access/route-access.js';
import { ROUTE_NOTES, type RouteNotes } from './documented.decorator.js';
import { refusalResponses, refusalsOf } from './refusals.js';
import { securityOf } from './route-security.js';
import type { Operation, Parameter, Responses } from './types.js';

/** An operation as the decorators of its handler describe it. */
export type ScannedOperation = Operation & { readonly [ROUTE_NOTES]?: RouteNotes };

/**
 * Adds what the tables know of the route: who may call it, and with what it refuses.
 * @throws Error when the handler is not documented
 */
export function finishOperation(
  method: string,
  path: string,
  { [ROUTE_NOTES]: notes, ...operation }: ScannedOperation,
): Operation {
  const route = path.replaceAll(/\{(\w+)\}/g, ':$1');
  const access = accessOf(method, route);
  if (!notes || !access)
    throw new Error(`${method} ${route} is not documented: give its handler @Documented`);
  const parameters = (operation.parameters ?? []) as Parameter[];
  const hasQuery = parameters.some((parameter) => parameter.in === 'query');
  const refusals = refusalResponses(refusalsOf(method, access, hasQuery, notes));
  for (const status of Object.keys(refusals))
    if (operation.responses[status])
      throw new Error(`${method} ${route}: ${status} is an answer and a refusal`);
  return {
    ...operation,
    parameters: parameters.map((parameter) => idUnlessDescribed(parameter, path)),
    security: operation.security ?? securityOf(access),
    responses: { ...operation.responses, ...refusals } satisfies Responses,
  };
}

/** Whatever stands in a path is the id of what stands before it, unless its handler says otherwise. */
function idUnlessDescribed(parameter: Parameter, path: string): Parameter {
  if (parameter.in !== 'path' || parameter.description) return parameter;
  const [, kind] = new RegExp(`/([\\w-]+)s/\\{${parameter.name}\\}`).exec(path) ?? [];
  return {
    ...parameter,
    description: `Id of the ${kind?.replaceAll('-', ' ')}.`,
    schema: { type: 'string', format: 'uuid' },
  };
}
