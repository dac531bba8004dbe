// Those who receive continuously from one queue, and whose turn it is. It promises that nobody with room waits for
// longer than one round. It knows nothing of messages but that they are delivered.

import type { Message, ReceiveMode } from './message.ts';

/** Whoever receives continuously; it is asked for room before every single message. */
export interface Consumer {
  readonly mode: ReceiveMode;
  hasRoom(): boolean;
  deliver(message: Message): void;
}

/** The consumers of one queue, in rotation. */
export class Consumers {
  #all: readonly Consumer[] = [];
  #turn = 0;

  add(consumer: Consumer): void {
    this.#all = [...this.#all, consumer];
  }

  remove(consumer: Consumer): void {
    this.#all = this.#all.filter((other) => other !== consumer);
  }

  /** The next in turn that has room; `undefined` when nobody has. */
  next(): Consumer | undefined {
    for (let asked = 0; asked < this.#all.length; asked++) {
      this.#turn = (this.#turn + 1) % this.#all.length;
      const consumer = this.#all[this.#turn];
      if (consumer?.hasRoom()) return consumer;
    }
    return undefined;
  }
}
