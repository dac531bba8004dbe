// TCP and connections: accepts clients on this machine alone, and ties rhea, one connection each, to the doorkeeper.
// It promises that a client that breaks the protocol loses its own connection and nothing else.

import { createServer, type Server, type Socket } from 'node:net';
import { attachReceiver, attachSender } from './attach.ts';
import type { Broker } from './broker.ts';
import { Client } from './client.ts';
import { MAX_MESSAGE_BYTES } from './producerLink.ts';
import {
  acknowledgeInput,
  announceWindows,
  type Connection,
  type Context,
  connectionFactory,
  keepMessagesRaw,
} from './rhea.ts';

// There is no TLS and the key is known to everybody, so nobody else's machine is to get in.
const HOST = '127.0.0.1';

export interface Listener {
  readonly port: number;
  /** Cuts every connection without a word, as a network does. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; port 0 takes a free one. Rejects with code `EADDRINUSE` when the port is taken. */
export async function listen(port: number, broker: Broker): Promise<Listener> {
  const sockets = new Set<Socket>();
  const createConnection = connectionFactory({ maxMessageBytes: MAX_MESSAGE_BYTES });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, createConnection(), broker);
  });
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  await bind(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    dropConnections,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      dropConnections();
      return closed;
    },
  };
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function serve(socket: Socket, connection: Connection, broker: Broker): void {
  const client = new Client();
  acknowledgeInput(connection, socket);
  connection.on('session_open', ({ session }: Context) => {
    keepMessagesRaw(session);
    announceWindows(session);
  });
  connection.on('receiver_open', ({ receiver }: Context) => attachSender(receiver, client, broker));
  connection.on('sender_open', ({ sender }: Context) => attachReceiver(sender, client, broker));
  // rhea notices an orderly end only; without this its timers and links would outlive a connection that was cut.
  socket.on('close', () => {
    connection.eof();
    client.gone();
  });
  ignoreFarewells(connection);
  connection.accept(socket);
}

// rhea prints a warning, or ends the process, when one of these happens and nobody listens.
const FAREWELLS = [
  ...['disconnected', 'connection_close', 'session_close', 'sender_close', 'receiver_close'],
  ...['connection_error', 'session_error', 'sender_error', 'receiver_error'],
];

function ignoreFarewells(connection: Connection): void {
  for (const event of FAREWELLS) connection.on(event, () => {});
  for (const event of ['protocol_error', 'error']) {
    connection.on(event, ({ message }: Error) => {
      console.error(`Service Bus emulator: a client was cut off: ${message}`);
    });
  }
}
