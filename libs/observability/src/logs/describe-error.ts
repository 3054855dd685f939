/** An error as it may be logged: never its other members, because drivers hang queries with their parameters on them. */
export function describeError(error: unknown): {
  name: string;
  code?: string;
  message: string;
  stack?: string;
} {
  if (!(error instanceof Error))
    return { name: typeof error, message: 'A value that is no Error was thrown' };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' && { code }),
  };
}
