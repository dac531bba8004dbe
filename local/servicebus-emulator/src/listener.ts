/**
 * Accepts TCP connections from this machine and serves AMQP on them. A client that violates the protocol loses its own
 * connection; other clients are not affected.
 */

import { createServer, type Server, type Socket } from 'node:net';
import { attachReceiver, attachSender } from './attach.ts';
import type { Broker } from './broker.ts';
import { ClientConnection } from './clientConnection.ts';
import {
  acknowledgePromptly,
  type Connection,
  type Context,
  connectionFactory,
  deliverRawMessages,
  emitWindowOpen,
} from './rhea.ts';

// Without TLS and with a published default key, the port must not be reachable from other machines.
const HOST = '127.0.0.1';

export interface Listener {
  readonly port: number;
  /** Closes every connection without an AMQP close frame, as a network failure does. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1. Port 0 selects a free port. Rejects with code `EADDRINUSE` when the port is in use. */
export async function listen(port: number, broker: Broker): Promise<Listener> {
  const sockets = new Set<Socket>();
  const createConnection = connectionFactory();
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
  const client = new ClientConnection();
  acknowledgePromptly(connection, socket);
  connection.on('session_open', ({ session }: Context) => {
    deliverRawMessages(session);
    emitWindowOpen(session);
  });
  connection.on('receiver_open', ({ receiver }: Context) => attachSender(receiver, client, broker));
  connection.on('sender_open', ({ sender }: Context) => attachReceiver(sender, client, broker));
  // rhea handles only an orderly close; without this, its timers and links would survive a connection that was cut.
  socket.on('close', () => {
    connection.eof();
    client.close();
  });
  ignoreCloseEvents(connection);
  connection.accept(socket);
}

// rhea prints a warning, or ends the process, when one of these events has no listener.
const CLOSE_EVENTS = [
  ...['disconnected', 'connection_close', 'session_close', 'sender_close', 'receiver_close'],
  ...['connection_error', 'session_error', 'sender_error', 'receiver_error'],
];

function ignoreCloseEvents(connection: Connection): void {
  for (const event of CLOSE_EVENTS) connection.on(event, () => {});
  for (const event of ['protocol_error', 'error']) {
    connection.on(event, ({ message }: Error) => {
      console.error(`Service Bus emulator: closed a connection after a protocol error: ${message}`);
    });
  }
}
