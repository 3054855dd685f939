import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Public by number, but answered from inside a cloud: Azure's platform. */
const INSIDE_ALL_THE_SAME = ['168.63.129.16'];

/** All of IPv6 that is given out (RFC 4291 §2.4); beside it lie IPv4-compatible addresses and what may once be anything. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Where deliveries may go: to public addresses by https, and by any protocol to those that the operator allows. Not to this
 * machine, its networks, or the metadata services of clouds, in whatever notation.
 */
export class AddressPolicy {
  private readonly allowed: readonly Range[];

  /** @param allow CIDR ranges of on-premise receivers. @throws TypeError for one that is none */
  constructor(allow: readonly string[]) {
    this.allowed = allow.map(parseRange);
  }

  /** Whether any receiver may be inside the network, or be reached without TLS. */
  get allowsAny(): boolean {
    return this.allowed.length > 0;
  }

  /** @param address as connected to; an IPv4 address within IPv6 counts as the former */
  admits(address: string, protocol: string): boolean {
    // ipaddr.js also knows the shorthands of old, like 127.1.
    if (isIP(address) === 0 || !ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    if (this.allowed.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits)))
      return true;
    // `unicast` is what no special-purpose registry claims.
    return (
      protocol === 'https:' &&
      parsed.range() === 'unicast' &&
      (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST)) &&
      !INSIDE_ALL_THE_SAME.includes(parsed.toString())
    );
  }
}

export function isRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) || ipaddr.isValid(text);
}

function parseRange(text: string): Range {
  if (!isRange(text)) throw new TypeError('Not an address and not a CIDR range');
  const address = ipaddr.parse(text.split('/')[0] as string);
  return text.includes('/') ? ipaddr.parseCIDR(text) : [address, address.kind() === 'ipv4' ? 32 : 128];
}
