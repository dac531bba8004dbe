// One connection of one client: what it may use, where the answers to its requests go, and what ends with it. It
// promises that nothing of a client outlives its connection but the locks it holds, as in Azure.

import { covers } from './address.ts';
import type { OutgoingLink } from './rhea.ts';

/** The state that the links of a connection share. */
export class Client {
  readonly #granted = new Set<string>();
  readonly #replies = new Map<string, OutgoingLink>();
  readonly #closers = new Set<() => void>();

  /** Lets the client use what lies at or below an audience such as `sb://127.0.0.1:5672/checkout`. */
  grant(audience: string): void {
    this.#granted.add(audience);
  }

  mayUse(address: string): boolean {
    return [...this.#granted].some((audience) => covers(audience, address));
  }

  /** Remembers a link as the way back for requests that name it in `reply-to`. */
  addReplyLink(link: OutgoingLink): void {
    const address = link.target?.address ?? link.name;
    this.#replies.set(address, link);
    link.on('sender_close', () => this.#replies.delete(address));
  }

  replyLink(address: string): OutgoingLink | undefined {
    return this.#replies.get(address);
  }

  /** Runs when the connection is gone, however that came about; the returned function cancels that. */
  onGone(run: () => void): () => void {
    this.#closers.add(run);
    return () => this.#closers.delete(run);
  }

  gone(): void {
    for (const run of this.#closers) run();
    this.#closers.clear();
  }
}
