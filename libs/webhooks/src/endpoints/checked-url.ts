import { isIP } from 'node:net';
import { ProblemError } from '#errors';
import type { AddressPolicy } from '../sending/address-policy.js';

const MAX_LENGTH = 2_048;

/**
 * The URL as it will be called, if it may be. A name is looked up when something is delivered, not now: it may lead elsewhere by then.
 * @throws ProblemError webhook_url_refused
 */
export function checkedUrl(text: string, policy: AddressPolicy): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.href.length > MAX_LENGTH) throw new ProblemError('webhook_url_refused');
  const { protocol, hostname, username, password } = url;
  const isHttps = protocol === 'https:' || (protocol === 'http:' && policy.allowsAny);
  const address = hostname.replace(/^\[|\]$/g, '');
  const isRefusedAddress = isIP(address) !== 0 && !policy.admits(address, protocol);
  if (!isHttps || username || password || isRefusedAddress) throw new ProblemError('webhook_url_refused');
  url.hash = '';
  return url.href;
}
