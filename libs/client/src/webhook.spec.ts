import { Webhook } from 'standardwebhooks';
import { verifyWebhook, WebhookError, type WebhookFault } from './index.js';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another one of thirty-two bytes!').toString('base64')}`;
const BODY = '{"type":"capture.decided","data":{"id":"c","ü":"é"}}';

/** What the official library signs. */
function delivery(at = new Date(), secret = SECRET): Record<string, string> {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', at, BODY),
  };
}
const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

it('takes what the official library signs: text, bytes, and whatever holds the headers', async () => {
  const headers = delivery();
  for (const body of [BODY, Buffer.from(BODY)])
    for (const holder of [headers, new Headers(headers)])
      expect(await verifyWebhook(body, holder, { secret: SECRET })).toEqual({
        id: 'msg_1',
        timestamp: new Date(Number(headers['webhook-timestamp']) * 1_000),
        payload: JSON.parse(BODY) as unknown,
      });
});

it('refuses bytes that are no text as it refuses everything else', async () => {
  const refused = verifyWebhook(Uint8Array.of(0x7b, 0xff), delivery(), { secret: SECRET });
  await expect(refused).rejects.toMatchObject({ name: 'WebhookError', fault: 'malformed' });
  const marked = Buffer.concat([Buffer.from('\ufeff'), Buffer.from(BODY)]);
  await expect(verifyWebhook(marked, delivery(), { secret: SECRET })).rejects.toMatchObject({
    fault: 'bad_signature',
  });
});

it('takes either of two secrets and either of two signatures, as during a rotation', async () => {
  const both = { ...delivery(), 'webhook-signature': `v1,AAAA ${delivery()['webhook-signature']} v2,x` };
  await expect(verifyWebhook(BODY, both, { secret: [OTHER, SECRET] })).resolves.toMatchObject({
    id: 'msg_1',
  });
});

it('knows the answer of a fixed key', async () => {
  const stamp = '1614265330';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': stamp,
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const years = { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', toleranceSeconds: 1e9 };
  await expect(verifyWebhook('{"test": 2432232314}', headers, years)).resolves.toMatchObject({
    payload: { test: 2432232314 },
  });
});

it.each<[WebhookFault, string, Record<string, string | undefined>]>([
  ['bad_signature', BODY.replace('c', 'd'), delivery()],
  ['bad_signature', BODY, delivery(new Date(), OTHER)],
  ['bad_signature', BODY, { ...delivery(), 'webhook-id': 'msg_2' }],
  ['bad_signature', BODY, { ...delivery(), 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) - 1) }],
  ['bad_signature', BODY, { ...delivery(), 'webhook-signature': 'v1,=?' }],
  [
    'bad_signature',
    BODY,
    { ...delivery(), 'webhook-signature': delivery()['webhook-signature']?.replace('v1', 'v2') },
  ],
  ['too_old', BODY, delivery(minutesAgo(6))],
  ['too_new', BODY, delivery(minutesAgo(-6))],
  ['malformed', BODY, { ...delivery(), 'webhook-id': undefined }],
  ['malformed', BODY, { ...delivery(), 'webhook-timestamp': 'now' }],
])('refuses as %s', async (fault, body, headers) => {
  const refused = verifyWebhook(body, headers, { secret: SECRET });
  await expect(refused).rejects.toThrow(WebhookError);
  await expect(refused).rejects.toMatchObject({ fault });
});

it('calls a secret that is none a mistake of the program', async () => {
  for (const secret of ['', 'whsec_', 'whsec_!!'])
    await expect(verifyWebhook(BODY, delivery(), { secret })).rejects.toThrow(TypeError);
});
