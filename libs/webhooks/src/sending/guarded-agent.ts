import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy.js';

/** The receiver's name leads to an address where no delivery may go. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  constructor() {
    super('The receiver is at an address that is not allowed');
  }
}

/**
 * An HTTP agent whose every connection goes to an address that was checked when it was made: the name is looked up once, and what was
 * checked is what is connected to, so a name that changes its mind in between (rebinding) gains nothing.
 * @param resolve `dns.lookup`, or a stand-in of a test
 */
export function guardedAgent(
  policy: AddressPolicy,
  options: { readonly timeoutMs: number; readonly resolve?: LookupFunction },
): Agent {
  const { timeoutMs, resolve = lookup } = options;
  const connectors = Object.fromEntries(
    ['http:', 'https:'].map((protocol) => [
      protocol,
      buildConnector({ timeout: timeoutMs, lookup: guardedLookup(policy, protocol, resolve) }),
    ]),
  );
  const connect: buildConnector.connector = (target, callback) => {
    const { hostname, protocol } = target;
    const address = hostname.replace(/^\[|\]$/g, '');
    // An address needs no look-up, so the socket would not ask.
    if (isIP(address) !== 0 && !policy.admits(address, protocol))
      return callback(new AddressRefusedError(), null);
    const connector = connectors[protocol];
    if (!connector) return callback(new AddressRefusedError(), null);
    connector(target, (...[error, socket]) => {
      if (error) return callback(error, null);
      if (policy.admits(socket.remoteAddress ?? '', protocol)) return callback(null, socket);
      socket.destroy();
      callback(new AddressRefusedError(), null);
    });
  };
  return new Agent({ connect, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
}

/** One forbidden address among a name's is enough to refuse it: there is no honest reason for such a mixture. */
function guardedLookup(policy: AddressPolicy, protocol: string, resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
      const [first] = addresses;
      if (!first || addresses.some(({ address }) => !policy.admits(address, protocol)))
        return callback(new AddressRefusedError(), '', 0);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
