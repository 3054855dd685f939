import { type Aad } from './aad.js';
import { envKeyring } from './env-keyring.js';
import { DecryptionError } from './errors.js';
import { generateKeyring } from './keyring-format.js';
import { openRecord, sealRecord } from './sealed-record.js';

const aad: Aad = {
  tenantId: 'tenant-1',
  ownerKind: 'webhook_endpoint',
  ownerId: 'endpoint-1',
  kind: 'secret',
};
const keyring = envKeyring(generateKeyring());

it('gives back what was sealed, from what a row keeps', async () => {
  const record = await sealRecord(keyring, 'whsec_of-somebody', aad);
  expect(JSON.stringify(record)).not.toContain('somebody');
  const { wrappedKey } = JSON.parse(JSON.stringify(record)) as typeof record;
  expect((await openRecord(keyring, { ...record, wrappedKey }, aad)).toString()).toBe('whsec_of-somebody');
});

it.each([
  ['another owner', { ownerId: 'endpoint-2' }],
  ['another tenant', { tenantId: 'tenant-2' }],
  ['another kind', { kind: 'answer' }],
])('does not open it for %s', async (_what, other) => {
  const record = await sealRecord(keyring, 'secret', aad);
  await expect(openRecord(keyring, record, { ...aad, ...other })).rejects.toThrow(DecryptionError);
});
