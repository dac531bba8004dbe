// The one place that knows rhea's insides. rhea is written for clients; a Service Bus broker needs seven things that it
// does not offer, each a small function below with the reason for it. The interfaces name what is used and no more, so
// that an upgrade of rhea has this file to answer to; the tests that drive the real client are its guard.

import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import rhea from 'rhea';
import { type AmqpError, messages, type Typed } from './amqp.ts';

export interface Terminus {
  readonly address?: string;
  readonly filter?: Record<string, unknown>;
}

export interface Connection extends EventEmitter {
  accept(socket: Socket): void;
  eof(): void;
  is_open(): boolean;
  _write_frame(channel: number): void;
}

export interface Session extends EventEmitter {
  readonly incoming: { on_transfer(frame: TransferFrame, link: IncomingLink): void };
  readonly outgoing: {
    readonly next_delivery_id: number;
    readonly next_pending_delivery: number;
    available(): number;
    transfer_window(): number;
  };
  on_flow(frame: FlowFrame): void;
}

export interface Link extends EventEmitter {
  readonly name: string;
  readonly session: Session;
  readonly source: Terminus | null;
  readonly target: Terminus | null;
  readonly snd_settle_mode: number | undefined;
  readonly local: { readonly attach: { snd_settle_mode: number | undefined } };
  is_open(): boolean;
  set_source(source: Terminus): void;
  set_target(target: Terminus): void;
  close(error?: AmqpError): void;
}

/** A link on which a client sends. */
export interface IncomingLink extends Link {
  readonly credit: number;
  add_credit(credit: number): void;
}

/** A link on which a client receives. */
export interface OutgoingLink extends Link {
  credit: number;
  delivery_count: number;
  _draining: boolean;
  _get_drain(): boolean;
  set_drained(drained: boolean): void;
  send(bytes: Buffer, tag: Buffer | undefined, format: number): Delivery;
}

export interface Delivery {
  readonly tag: Buffer;
  readonly format: number;
  readonly remote_state: unknown;
  settled: boolean;
  remote_settled: boolean;
  update(settled: boolean, state: Typed): void;
}

/** What rhea hands to every listener; which members are there depends on the event. */
export interface Context {
  readonly session: Session;
  readonly receiver: IncomingLink;
  readonly sender: OutgoingLink;
  readonly delivery: Delivery;
  readonly message: Buffer;
}

interface TransferFrame {
  readonly performative: { message_format?: number };
}

interface FlowFrame {
  readonly performative: { readonly handle?: number | null };
}

interface SaslMechanisms {
  ANONYMOUS?: unknown;
  MSSBCBS?: unknown;
  enable_anonymous(): void;
}

interface Container {
  readonly sasl_server_mechanisms: SaslMechanisms;
  create_connection(settings: object): Connection;
}

const PLAIN_MESSAGE = 0;
const RAW_MESSAGE = 1;

/** A function that makes the server side of AMQP connections; SASL names nobody, `$cbs` does. */
export function connectionFactory(options: { maxMessageBytes: number }): () => Connection {
  const container = rhea.create_container() as unknown as Container;
  const mechanisms = container.sasl_server_mechanisms;
  mechanisms.enable_anonymous();
  // Without this name the .NET and Java clients refuse an emulator; without ANONYMOUS the JavaScript one does.
  mechanisms.MSSBCBS = mechanisms.ANONYMOUS;
  const settings = {
    max_frame_size: 65_536,
    reconnect: false,
    tcp_no_delay: true,
    // Credit must not be granted before an unknown entity is refused, nor anything be accepted on its own.
    receiver_options: { credit_window: 0, autoaccept: false, max_message_size: options.maxMessageBytes },
    sender_options: { autosettle: false, treat_modified_as_released: false },
  };
  return () => container.create_connection(settings);
}

/** 1. rhea decodes plain messages and throws the bytes away; under any other format it hands the bytes over. */
export function keepMessagesRaw({ incoming }: Session): void {
  const onTransfer = incoming.on_transfer.bind(incoming);
  incoming.on_transfer = (frame, link) => {
    const { performative } = frame;
    if (performative.message_format === PLAIN_MESSAGE) performative.message_format = RAW_MESSAGE;
    onTransfer(frame, link);
  };
}

/** 2. rhea is silent when a client reopens the window of a session; this makes it a `window_open` event. */
export function announceWindows(session: Session): void {
  const onFlow = session.on_flow.bind(session);
  session.on_flow = (frame) => {
    onFlow(frame);
    const isForLink = typeof frame.performative.handle === 'number';
    if (!isForLink) session.emit('window_open');
  };
}

/**
 * 3. rhea answers a drain only while credit is left, but the last credit may be spent while the drain is on its way.
 * `unsent` is asked because an answer must not overtake a transfer that waits for the window.
 */
export function answerDrains(
  link: OutgoingLink,
  unsent: () => number,
  onDrained: (credit: number) => void,
): void {
  link._get_drain = () => {
    if (!link._draining || unsent() > 0) return false;
    const { credit } = link;
    link.delivery_count += credit;
    link.credit = 0;
    link._draining = false;
    onDrained(credit);
    return true;
  };
}

/** 4. Credit is not room: rhea throws when its buffer is full, and holds back what exceeds the client's window. */
export function roomInSession({ outgoing }: Session): number {
  const queued = outgoing.next_delivery_id - outgoing.next_pending_delivery;
  return Math.min(outgoing.transfer_window() - queued, outgoing.available());
}

/** 5. Answers a delivery. The client sends nothing back, so rhea must be told that it regards this as settled. */
export function answer(delivery: Delivery, error?: AmqpError): void {
  const state = error ? messages.rejected({ error }) : messages.accepted();
  delivery.update(true, state.described());
  delivery.remote_settled = true;
}

/** 6. Drops a delivery as if its answer were lost on the way, without leaving it in rhea's buffer. */
export function forget(delivery: Delivery): void {
  delivery.settled = true;
  delivery.remote_settled = true;
}

/**
 * 7. The JavaScript client leaves Nagle's algorithm on: its next small write waits until its last one is acknowledged,
 * 40 ms if nothing travels the other way. An empty frame after input that caused no output carries the acknowledgement.
 * Must be called before the connection accepts the socket.
 */
export function acknowledgeInput(connection: Connection, socket: Socket): void {
  let pending = false;
  socket.on('data', () => {
    if (pending) return;
    pending = true;
    const { bytesWritten } = socket;
    setImmediate(() => {
      pending = false;
      const silent = socket.bytesWritten === bytesWritten;
      if (silent && socket.writable && connection.is_open()) connection._write_frame(0);
    });
  });
}
