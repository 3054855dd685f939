import { z } from 'zod';

/** Comma-separated web origins (RFC 6454), as a browser writes them: scheme, host, port where it is not the usual one, and no path. */
export const origins = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean),
  )
  .refine((list) => list.every(isOrigin), {
    message: 'must be origins as browsers send them: https://app.example.org, with commas between',
  })
  .optional();

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}
