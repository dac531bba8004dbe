/**
 * The state of one client connection: what it is authorized for, the links that carry responses to it, and what has to
 * stop when it closes. Message locks are not part of it: as in Azure, they survive the connection until they expire.
 */

import { covers } from './address.ts';
import type { OutgoingLink } from './rhea.ts';

/** The state that the links of one connection share. */
export class ClientConnection {
  readonly #audiences = new Set<string>();
  readonly #replyLinks = new Map<string, OutgoingLink>();
  readonly #closeListeners = new Set<() => void>();

  /** Authorizes the connection for an audience such as `sb://127.0.0.1:5672/orders` and everything below it. */
  authorize(audience: string): void {
    this.#audiences.add(audience);
  }

  isAuthorized(address: string): boolean {
    return [...this.#audiences].some((audience) => covers(audience, address));
  }

  /** Registers a link for the responses to requests whose `reply-to` is the link's target address. */
  addReplyLink(link: OutgoingLink): void {
    const address = link.target?.address ?? link.name;
    this.#replyLinks.set(address, link);
    link.on('sender_close', () => this.#replyLinks.delete(address));
  }

  replyLink(address: string): OutgoingLink | undefined {
    return this.#replyLinks.get(address);
  }

  /** Calls `run` when the connection closes for any reason. The returned function removes the listener. */
  onClose(run: () => void): () => void {
    this.#closeListeners.add(run);
    return () => this.#closeListeners.delete(run);
  }

  /** Notifies the listeners; called once, when the socket is closed. */
  close(): void {
    for (const run of this.#closeListeners) run();
    this.#closeListeners.clear();
  }
}
