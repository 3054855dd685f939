/** A place between two rows of a list in order of time: behind the last one already seen. */
export interface TimeCursor {
  /** Since 1970, as PostgreSQL counts: a JavaScript date would lose three digits and show a row twice or never. */
  readonly microseconds: string;
  readonly id: string;
}

const TEXT = /^(\d{1,16}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Opaque to clients: only `parseCursor` looks inside. */
export function formatCursor({ microseconds, id }: TimeCursor): string {
  return Buffer.from(`${microseconds} ${id}`).toString('base64url');
}

/** The cursor, or null when it is not one of `formatCursor`'s. */
export function parseCursor(text: string): TimeCursor | null {
  const [, microseconds, id] = TEXT.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return microseconds && id ? { microseconds, id } : null;
}
