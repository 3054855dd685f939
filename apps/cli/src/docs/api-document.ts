import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { builtEntry } from '#supervisor';

/** As much of an OpenAPI document as the pages in docs are made of. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, ApiResponse>> };
}

interface Operation {
  readonly responses: Readonly<Record<string, ApiResponse | { readonly $ref: string }>>;
}

interface ApiResponse {
  readonly content?: Readonly<Record<string, { readonly examples?: Readonly<Record<string, unknown>> }>>;
}

/** The document of the API as built, which only the API itself knows. */
export async function readApiDocument(): Promise<ApiDocument> {
  const entry = builtEntry('apps/api/src/openapi/print.main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [entry], { maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as ApiDocument;
}

/** Every route with the codes it refuses or fails with, in the document's order. */
export function refusalsByRoute(document: ApiDocument): ReadonlyMap<string, ReadonlySet<string>> {
  const shared = (reference: string) =>
    document.components.responses[reference.slice(reference.lastIndexOf('/') + 1)];
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { responses }]) => {
      const codes = Object.values(responses).flatMap((response) => {
        const { content } = ('$ref' in response ? shared(response.$ref) : response) ?? {};
        return Object.keys(content?.['application/problem+json']?.examples ?? {});
      });
      return [`${method.toUpperCase()} ${path}`, new Set(codes)] as const;
    }),
  );
  return new Map(routes);
}
