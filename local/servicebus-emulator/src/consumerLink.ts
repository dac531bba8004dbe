// A link on which a client receives: messages out as far as credit and window reach, decisions about them in. It
// promises that a message is taken from the queue only if it can go out at once, and that every decision is answered,
// because the clients wait for it. What a decision does to the message is the queue's business.

import type { Client } from './client.ts';
import type { Consumer } from './consumers.ts';
import { writeMessage } from './encoding.ts';
import { deliveryTag, guidOfTag } from './guid.ts';
import type { Message, Outcome, ReceiveMode } from './message.ts';
import { outcomeOfModified, outcomeOfRejected } from './outcome.ts';
import type { Queue } from './queue.ts';
import { LOCK_LOST } from './refusals.ts';
import {
  answer,
  answerDrains,
  type Context,
  type Delivery,
  forget,
  type OutgoingLink,
  roomInSession,
} from './rhea.ts';

const SETTLED_BY_SENDER = 1;
const PLAIN_FORMAT = 0;

/** One receiver, from `open` until its link, session or connection is gone. */
export class ConsumerLink implements Consumer {
  readonly mode: ReceiveMode;
  readonly #link: OutgoingLink;
  readonly #queue: Queue;
  readonly #isAnswerLost: () => boolean;
  // Deliveries given to rhea, and credit given back by a drain: rhea counts both in delivery_count once they are out.
  #spent = 0;

  /** `isAnswerLost` is asked once for every settlement, whether its answer is to be swallowed. */
  constructor(link: OutgoingLink, queue: Queue, isAnswerLost: () => boolean) {
    this.mode = link.snd_settle_mode === SETTLED_BY_SENDER ? 'receiveAndDelete' : 'peekLock';
    this.#link = link;
    this.#queue = queue;
    this.#isAnswerLost = isAnswerLost;
  }

  open(client: Client): void {
    const link = this.#link;
    link.local.attach.snd_settle_mode = link.snd_settle_mode;
    answerDrains(
      link,
      () => this.#unsent(),
      (credit) => {
        this.#spent += credit;
      },
    );
    this.#listenForOutcomes();
    this.#listenForRoom();
    this.#listenForEnd(client);
    this.#queue.attach(this);
  }

  hasRoom(): boolean {
    const link = this.#link;
    return link.is_open() && link.credit - this.#unsent() > 0 && roomInSession(link.session) > 0;
  }

  deliver(message: Message): void {
    this.#spent += 1;
    const tag = message.lock && deliveryTag(message.lock.token);
    this.#link.send(writeMessage(message), tag, PLAIN_FORMAT);
  }

  #unsent(): number {
    return this.#spent - this.#link.delivery_count;
  }

  #listenForOutcomes(): void {
    const on = (event: string, outcomeOf: (state: unknown) => Outcome) => {
      this.#link.on(event, ({ delivery }: Context) =>
        this.#settle(delivery, outcomeOf(delivery.remote_state)),
      );
    };
    on('accepted', () => ({ kind: 'completed' }));
    on('released', () => ({ kind: 'released' }));
    on('modified', outcomeOfModified);
    on('rejected', outcomeOfRejected);
  }

  #listenForRoom(): void {
    const link = this.#link;
    link.on('sender_flow', () => this.#queue.dispatch());
    // The answer to a drain goes out behind the messages that the same flow has set free.
    link.on('sender_draining', () => link.set_drained(true));
    link.session.on('window_open', () => {
      this.#queue.dispatch();
      link.set_drained(true);
    });
  }

  #listenForEnd(client: Client): void {
    const end = () => {
      this.#queue.detach(this);
      cancel();
    };
    const cancel = client.onGone(end);
    this.#link.on('sender_close', end);
    this.#link.session.on('session_close', end);
  }

  #settle(delivery: Delivery, outcome: Outcome): void {
    const held = this.#queue.settle(guidOfTag(delivery.tag), outcome);
    if (this.#isAnswerLost()) forget(delivery);
    else answer(delivery, held ? undefined : LOCK_LOST);
  }
}
