import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Sink {
  readonly port: number;
  /** First line of whatever each connection sent; '' for one that sent nothing. */
  readonly heard: string[];
  close(): Promise<void>;
}

/**
 * Somebody else's server: takes any connection, notes it, and answers as openly as it can, so that only the page's own
 * policy can keep something from arriving.
 */
export async function startSink(): Promise<Sink> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const index = heard.push('') - 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (bytes) => {
      heard[index] = bytes.toString('latin1').split('\r\n')[0] ?? '';
      socket.end('HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: text/javascript\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((done) => { server.listen(0, done); });
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    close: () => new Promise((done) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => done());
    }),
  };
}
