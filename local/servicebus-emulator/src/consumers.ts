/** The consumers of one queue. Messages are distributed round-robin among the consumers that have credit. */

import type { Message, ReceiveMode } from './message.ts';

/** An open receiver. `hasCredit` is called before every message. */
export interface Consumer {
  readonly mode: ReceiveMode;
  hasCredit(): boolean;
  deliver(message: Message): void;
}

/** The consumers of one queue, in round-robin order. */
export class Consumers {
  #all: readonly Consumer[] = [];
  #position = 0;

  add(consumer: Consumer): void {
    this.#all = [...this.#all, consumer];
  }

  remove(consumer: Consumer): void {
    this.#all = this.#all.filter((other) => other !== consumer);
  }

  /** The next consumer with credit, or `undefined` when no consumer has any. */
  next(): Consumer | undefined {
    for (let checked = 0; checked < this.#all.length; checked++) {
      this.#position = (this.#position + 1) % this.#all.length;
      const consumer = this.#all[this.#position];
      if (consumer?.hasCredit()) return consumer;
    }
    return undefined;
  }
}
