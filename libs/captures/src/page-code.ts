import { createHash } from 'node:crypto';
import { z } from 'zod';

const format = z.tuple([z.uuid(), z.string().min(40).max(64)]);

/** The one-time code of a capture's page link: which capture, and 256 random bits that prove it. */
export function pageCode(captureId: string, secret: string): string {
  return `${captureId}.${secret}`;
}

export function parsePageCode(code: string): { captureId: string; secret: string } | undefined {
  const parsed = format.safeParse(code.split('.'));
  return parsed.success ? { captureId: parsed.data[0], secret: parsed.data[1] } : undefined;
}

export function hashPageCode(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
