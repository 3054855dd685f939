import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { AddressPolicy } from './address-policy.js';
import { guardedAgent } from './guarded-agent.js';
import { newSecret } from './signature.js';
import { WebhookSender } from './webhook-sender.js';

const PATIENT_MS = 30_000;
/** Where the receiver keeps the sender waiting. */
const BRIEF_MS = 2_000;
const NEVER = new AbortController().signal;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

interface Receiver {
  readonly port: number;
  readonly paths: string[];
}

async function receiver(answer: RequestListener, host = '127.0.0.1', port = 0): Promise<Receiver> {
  const paths: string[] = [];
  const server: Server = createServer((request, response) => {
    paths.push(request.url ?? '');
    answer(request, response);
  });
  server.listen(port, host);
  await once(server, 'listening');
  undo.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, paths };
}

/** A name server that says one thing after the other, and the last one for ever. */
function names(...answers: string[][]): LookupFunction & { readonly asked: string[] } {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, _options, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return Object.assign(lookup, { asked });
}

interface Manner {
  readonly allow?: string[];
  readonly resolve?: LookupFunction;
  readonly timeoutMs?: number;
}

function sender({ allow = ['127.0.0.0/8'], resolve, timeoutMs = PATIENT_MS }: Manner = {}) {
  const agent = guardedAgent(new AddressPolicy(allow), { timeoutMs, resolve });
  undo.push(() => agent.destroy());
  const it = new WebhookSender(agent, { timeoutMs, userAgent: 'test' });
  return (url: string, signal = NEVER) =>
    it.send({ id: 'message-1', url, body: '{}', secrets: [newSecret()] }, signal);
}

describe('an answer', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'redirect'],
    [307, 'redirect'],
    [400, 'status'],
    [410, 'gone'],
    [503, 'status'],
  ])('of %i is %s', async (status, outcome) => {
    const { port } = await receiver((_, response) => response.writeHead(status).end('x'.repeat(100_000)));
    expect(await sender()(`http://127.0.0.1:${port}/`)).toMatchObject({ outcome, status });
  });

  it('that leads elsewhere is not followed', async () => {
    const trap = await receiver((_, response) => response.end());
    const { port } = await receiver((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${trap.port}/trap` }).end(),
    );
    expect((await sender()(`http://127.0.0.1:${port}/`)).outcome).toBe('redirect');
    expect(trap.paths).toEqual([]);
  });

  it('that does not come is a time-out, and one whose body does not end is taken all the same', async () => {
    const silent = await receiver(() => undefined);
    const send = sender({ timeoutMs: BRIEF_MS });
    expect(await send(`http://127.0.0.1:${silent.port}/`)).toMatchObject({
      outcome: 'timeout',
      status: null,
    });
    const endless = await receiver((_, response) => void response.writeHead(200).write('x'));
    expect((await send(`http://127.0.0.1:${endless.port}/`)).outcome).toBe('delivered');
  });

  it.each([
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
  ])('with Retry-After: %s asks for %p ms', async (header, expected) => {
    const { port } = await receiver((_, response) =>
      response.writeHead(503, { 'retry-after': header }).end(),
    );
    expect((await sender()(`http://127.0.0.1:${port}/`)).retryAfterMs).toBe(expected);
  });
});

it('nobody there is unreachable', async () => {
  expect((await sender()('http://127.0.0.1:1/')).outcome).toBe('unreachable');
});

it('nothing is said of an attempt whose job was taken away', async () => {
  const { port } = await receiver(() => undefined);
  await expect(sender()(`http://127.0.0.1:${port}/`, AbortSignal.abort(new Error('lost')))).rejects.toThrow(
    'lost',
  );
});

describe('an address inside the network', () => {
  const everyone = { allow: [] };

  it.each([
    'http://127.0.0.1',
    'https://127.0.0.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://2130706433',
  ])('written as %s is refused', async (origin) => {
    const { port, paths } = await receiver((_, response) => response.end());
    expect((await sender(everyone)(`${origin}:${port}/`)).outcome).toBe('address_refused');
    expect(paths).toEqual([]);
  });

  it.each([
    [['127.0.0.1']],
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['fd00:ec2::254']],
    [['::ffff:127.0.0.1']],
    [['64:ff9b::7f00:1']],
    [['93.184.216.34', '127.0.0.1']],
    [[]],
  ])('behind a name that leads to %p is refused', async (addresses) => {
    const { port, paths } = await receiver((_, response) => response.end());
    const resolve = names(addresses);
    expect((await sender({ ...everyone, resolve })(`https://rp.example:${port}/`)).outcome).toBe(
      'address_refused',
    );
    expect(resolve.asked).toEqual(['rp.example']);
    expect(paths).toEqual([]);
  });

  it('is not reached by a name that changes its mind: what was checked is what is connected to', async () => {
    const inside = await receiver((_, response) => response.end());
    const allowed = await receiver(
      (_, response) => response.writeHead(200, { connection: 'close' }).end(),
      '127.0.0.2',
      inside.port,
    );
    const resolve = names(['127.0.0.2'], ['127.0.0.1']);
    const send = sender({ allow: ['127.0.0.2/32'], resolve });
    const url = `http://rebinding.example:${inside.port}/`;
    expect((await send(url)).outcome).toBe('delivered');
    expect([resolve.asked.length, allowed.paths.length, inside.paths.length]).toEqual([1, 1, 0]);
    expect((await send(url)).outcome).toBe('address_refused');
    expect([resolve.asked.length, allowed.paths.length, inside.paths.length]).toEqual([2, 1, 0]);
  });

  it('is reached when the operator allows it', async () => {
    const { port, paths } = await receiver((_, response) => response.end());
    const resolve = names(['127.0.0.1']);
    const send = sender({ allow: ['127.0.0.1/32'], resolve });
    expect((await send(`http://rp.internal:${port}/hook`)).outcome).toBe('delivered');
    expect(paths).toEqual(['/hook']);
  });
});

it('plain http goes to nobody outside', async () => {
  const resolve = names(['93.184.216.34']);
  expect((await sender({ allow: ['10.0.0.0/8'], resolve })('http://rp.example/')).outcome).toBe(
    'address_refused',
  );
});
