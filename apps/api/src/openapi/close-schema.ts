type Schema = Readonly<Record<string, unknown>>;

/**
 * The same schema for OpenAPI 3.1, closed: an object has the members that are named and no others, unless it says otherwise
 * itself, so that a member added to an answer but not to the document is noticed.
 */
export function closeSchema({ example, ...schema }: Schema): Schema {
  const closed = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closeWithin(key, value)]),
  );
  return {
    ...closed,
    ...(schema['properties'] !== undefined && {
      additionalProperties: closed['additionalProperties'] ?? false,
    }),
    ...(example !== undefined && { examples: [example] }),
  };
}

function closeWithin(key: string, value: unknown): unknown {
  switch (key) {
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Record<string, Schema>).map(([name, schema]) => [name, closeSchema(schema)]),
      );
    case 'items':
    case 'additionalProperties':
      return typeof value === 'object' ? closeSchema(value as Schema) : value;
    case 'anyOf':
    case 'oneOf':
      return (value as Schema[]).map(closeSchema);
    default:
      return value;
  }
}
