/**
 * The only file that depends on rhea's internals. A Service Bus broker needs seven behaviors that rhea does not offer;
 * each is a numbered function below with its reason. The interfaces declare only the members in use. When you upgrade
 * rhea, check this file; the tests with the real client fail when an internal changes.
 */

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
  readonly local: {
    readonly attach: { snd_settle_mode: number | undefined; max_message_size?: number };
  };
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

/** The argument of every rhea listener. The event decides which members are set. */
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

/** Returns a factory for server-side AMQP connections. SASL accepts every client; `$cbs` authorizes them. */
export function connectionFactory(): () => Connection {
  const container = rhea.create_container() as unknown as Container;
  const mechanisms = container.sasl_server_mechanisms;
  mechanisms.enable_anonymous();
  // The .NET and Java clients require MSSBCBS, the JavaScript client requires ANONYMOUS.
  mechanisms.MSSBCBS = mechanisms.ANONYMOUS;
  const settings = {
    max_frame_size: 65_536,
    reconnect: false,
    tcp_no_delay: true,
    // Grant no credit before the entity is known, and settle every delivery explicitly.
    receiver_options: { credit_window: 0, autoaccept: false },
    sender_options: { autosettle: false, treat_modified_as_released: false },
  };
  return () => container.create_connection(settings);
}

/** 1. rhea decodes messages of format 0 and discards the bytes. It passes on the bytes of any other format. */
export function deliverRawMessages({ incoming }: Session): void {
  const onTransfer = incoming.on_transfer.bind(incoming);
  incoming.on_transfer = (frame, link) => {
    const { performative } = frame;
    if (performative.message_format === PLAIN_MESSAGE) performative.message_format = RAW_MESSAGE;
    onTransfer(frame, link);
  };
}

/** 2. rhea emits no event when a client reopens a session's window. This emits `window_open`. */
export function emitWindowOpen(session: Session): void {
  const onFlow = session.on_flow.bind(session);
  session.on_flow = (frame) => {
    onFlow(frame);
    const isForLink = typeof frame.performative.handle === 'number';
    if (!isForLink) session.emit('window_open');
  };
}

/**
 * 3. rhea responds to a drain only while credit is left, but the last credit may be used while the drain is in transit.
 * `unsent` counts the transfers that wait for the window: the response must not overtake them.
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

/** 4. The transfers that a session can send now. Link credit is not enough: rhea throws when its buffer is full. */
export function sessionCapacity({ outgoing }: Session): number {
  const queued = outgoing.next_delivery_id - outgoing.next_pending_delivery;
  return Math.min(outgoing.transfer_window() - queued, outgoing.available());
}

/** 5. Settles a delivery. The client sends no disposition back, so this marks the delivery as settled on its side. */
export function acknowledge(delivery: Delivery, error?: AmqpError): void {
  const state = error ? messages.rejected({ error }) : messages.accepted();
  delivery.update(true, state.described());
  delivery.remote_settled = true;
}

/** 6. Removes a delivery from rhea's buffer without a disposition, as if the disposition were lost. */
export function dropDelivery(delivery: Delivery): void {
  delivery.settled = true;
  delivery.remote_settled = true;
}

/**
 * 7. The JavaScript client leaves Nagle's algorithm on: a small write waits until the previous one is acknowledged, which
 * takes 40 ms when no data travels in the other direction. After input that caused no output, this sends an empty frame,
 * which carries the acknowledgement. Call it before the connection accepts the socket.
 */
export function acknowledgePromptly(connection: Connection, socket: Socket): void {
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
