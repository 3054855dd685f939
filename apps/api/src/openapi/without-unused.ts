import type { OpenAPIObject } from '@nestjs/swagger';

/** Leaves out components that nothing refers to; leaving one out may free another. */
export function withoutUnused(document: OpenAPIObject): OpenAPIObject {
  const text = JSON.stringify(document);
  const isUsed = (kind: string, name: string) =>
    kind === 'securitySchemes' || text.includes(`"#/components/${kind}/${name}"`);
  const components = Object.fromEntries(
    Object.entries(document.components ?? {}).map(([kind, members]) => [
      kind,
      Object.fromEntries(Object.entries(members as object).filter(([name]) => isUsed(kind, name))),
    ]),
  );
  const pruned = { ...document, components };
  return JSON.stringify(pruned) === text ? pruned : withoutUnused(pruned);
}
