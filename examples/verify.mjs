/** One liveness capture from Node: node verify.mjs. Needs API, CLIENT_ID, CLIENT_SECRET; RECORD prints the frames' paths for the actions. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { SecureBiometricClient, verifyReceipt } from '@secure-biometric/client';

const { API, CLIENT_ID, CLIENT_SECRET, RECORD } = process.env;
const client = new SecureBiometricClient({ baseUrl: API, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const nonce = `order-${crypto.randomUUID()}`;

const { id } = await client.createCapture({ purpose: 'liveness', relyingPartyNonce: nonce });
const { actions } = await client.startCapture(id);
const paths = execFileSync(RECORD, [actions.join()], { encoding: 'utf8' }).trim().split(/\s+/);
await client.submitFrames(id, await Promise.all(paths.map((path) => readFile(path))));

const capture = await client.waitForCapture(id, {
  deadlineMs: 120_000,
  onEvent: ({ kind, data }) => kind === 'stage' && console.error(data.stage, data.status, data.durationMs),
});
// Only this means yes; an error, a time-out or anything else does not.
console.log(capture.decision?.outcome ?? capture.state);

const keys = await client.receiptKeys();
const receipt = await verifyReceipt(await client.readReceipt(id), { keys, audience: CLIENT_ID, nonce });
console.log(
  receipt.jti === id && receipt.outcome === capture.decision?.outcome
    ? 'receipt verified'
    : 'receipt differs',
);
