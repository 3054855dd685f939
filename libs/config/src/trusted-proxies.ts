import { isIP } from 'node:net';
import { z } from 'zod';

/** Ranges that go by a name. */
const NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * Whose `X-Forwarded-*` is believed: nobody's (false), that of so many hops before this process, or that of proxies at these
 * addresses. There is no "anybody's": then every caller could choose the address it is counted by.
 */
export const trustedProxies = z
  .string()
  .default('false')
  .refine((value) => value === 'false' || hops(value) !== undefined || addresses(value).every(isAddress), {
    message: `must be false, a number of hops (1 to 9), or addresses, CIDR ranges and ${NAMES.join(', ')} with commas between`,
  })
  .transform((value) => (value === 'false' ? false : (hops(value) ?? addresses(value))));

function hops(value: string): number | undefined {
  return /^[1-9]$/.test(value) ? Number(value) : undefined;
}

function addresses(value: string): string[] {
  return value.split(',').map((each) => each.trim());
}

function isAddress(text: string): boolean {
  if (NAMES.includes(text)) return true;
  const [address = '', prefix, ...more] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0 || more.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
}
