import type { TestApi } from './test-api.js';

/** Fastify's own list, read from its drawing of the route tree: four columns a level. */
export function servedRoutes({ app }: TestApi): string[] {
  const fastify = app.getHttpAdapter().getInstance();
  const path: string[] = [];
  return fastify
    .printRoutes()
    .split('\n')
    .flatMap((line) => {
      const [, indent, segment, methods] = /^([│ ]*)[├└]── (\S+)(?: \((.*)\))?$/.exec(line) ?? [];
      if (indent === undefined || segment === undefined) return [];
      path.splice(indent.length / 4, Infinity, segment);
      return (methods?.split(', ') ?? []).map((method) => `${method} ${path.join('')}`);
    });
}
