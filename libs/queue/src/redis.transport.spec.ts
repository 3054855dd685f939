import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { redisTransport } from './redis.transport.js';

/** A peer that says OK to every command until it falls silent with its connections open. */
function mutablePeer(): { server: Server; sockets: Socket[]; silence: () => void } {
  const sockets: Socket[] = [];
  let silenced = 0;
  const server = createServer((socket) => {
    const index = sockets.push(socket) - 1;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const commands = data.toString().match(/^\*\d+\r$/gm)?.length ?? 0;
      if (index >= silenced) socket.write('+OK\r\n'.repeat(commands));
    });
  });
  return { server, sockets, silence: () => (silenced = sockets.length) };
}

test('reconnects when the peer falls silent without closing', async () => {
  const peer = mutablePeer();
  await once(peer.server.listen(0, '127.0.0.1'), 'listening');
  const { port } = peer.server.address() as AddressInfo;
  const transport = redisTransport({
    url: `redis://127.0.0.1:${port}`,
    prefix: 't',
    role: 'producer',
    deadlineMs: 1_000,
    report: () => () => undefined,
    watchMs: 50,
  });
  try {
    await transport.ready(AbortSignal.timeout(20_000));
    await transport.ping();
    expect(peer.sockets).toHaveLength(1);
    peer.silence();
    // It is refused in time, or sent again over the next connection, whichever comes first.
    await transport.ping().catch(() => undefined);
    if (peer.sockets.length < 2)
      await once(peer.server, 'connection', { signal: AbortSignal.timeout(20_000) });
    await transport.ready(AbortSignal.timeout(20_000));
    await transport.ping();
  } finally {
    await transport.close();
    for (const socket of peer.sockets) socket.destroy();
    peer.server.close();
  }
});
