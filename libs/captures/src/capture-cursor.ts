/** A place between two captures of a list: behind the last one already seen. */
export interface CaptureCursor {
  /** Since 1970, as PostgreSQL counts: a JavaScript date would lose three digits and show a capture twice or never. */
  readonly microseconds: string;
  readonly id: string;
}

const TEXT = /^(\d{1,16}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Opaque to clients: only `parseCursor` looks inside. */
export function formatCursor({ microseconds, id }: CaptureCursor): string {
  return Buffer.from(`${microseconds} ${id}`).toString('base64url');
}

/** The cursor, or null when it is not one of `formatCursor`'s. */
export function parseCursor(text: string): CaptureCursor | null {
  const [, microseconds, id] = TEXT.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  return microseconds && id ? { microseconds, id } : null;
}
