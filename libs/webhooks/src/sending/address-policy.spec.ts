import { AddressPolicy, isRange } from './address-policy.js';

const INSIDE = [
  ...['0.0.0.0', '10.0.0.1', '127.0.0.1', '127.8.8.8', '172.16.0.1', '192.168.1.1'],
  ...['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
  ...['100.64.0.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'fec0::1', 'ff02::1', '2001:db8::1'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '::127.0.0.1'],
  ...['::7f00:1', '::a00:1', '4000::1', '5f00::1'],
  ...['64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::7f00:1', '2002:7f00:1::', '2001::1', '100::1'],
];
const OUTSIDE = ['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '::ffff:8.8.8.8'];

describe('without anything allowed', () => {
  const policy = new AddressPolicy([]);

  it.each(INSIDE)('%s is refused', (address) => {
    expect([policy.admits(address, 'https:'), policy.admits(address, 'http:')]).toEqual([false, false]);
  });

  it.each(OUTSIDE)('%s is reached by https only', (address) => {
    expect([policy.admits(address, 'https:'), policy.admits(address, 'http:')]).toEqual([true, false]);
  });

  it.each(['', 'localhost', '8.8.8', 'example.com', '[::1]'])('%p is no address', (text) => {
    expect(policy.admits(text, 'https:')).toBe(false);
  });
});

describe('what is allowed', () => {
  const policy = new AddressPolicy(['10.1.2.0/24', 'fd12::/16', '127.0.0.2']);

  it.each(['10.1.2.3', '::ffff:10.1.2.3', 'fd12::5', '127.0.0.2'])('%s is, by any protocol', (address) => {
    expect([policy.admits(address, 'https:'), policy.admits(address, 'http:')]).toEqual([true, true]);
  });

  it.each(['10.1.3.3', 'fd13::5', '127.0.0.1', '169.254.169.254'])('%s is not', (address) => {
    expect(policy.admits(address, 'https:')).toBe(false);
  });
});

it('a range that is none is refused, not ignored', () => {
  for (const text of ['10.0.0.0/33', 'everything', '', '10.0.0.0/']) {
    expect(isRange(text)).toBe(false);
    expect(() => new AddressPolicy([text])).toThrow(TypeError);
  }
});
