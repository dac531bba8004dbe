// Request and response over AMQP, as `$cbs` and `$management` do it: a message with an operation comes in on one link,
// and the answer goes out on the link that its `reply-to` names. It promises an answer to every request, of whatever
// kind, because the clients wait for one. What the operations do is not known here.

import { messages } from './amqp.ts';
import type { Client } from './client.ts';
import { answer as acknowledge, type Context, type IncomingLink } from './rhea.ts';

export interface Request {
  readonly operation: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** An answer; each endpoint has its own names for the status in the properties. */
export interface Answer {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

const CREDIT = 100;
const PLAIN_FORMAT = 0;

/** Serves the requests that come in on a link. */
export function openRequests(
  link: IncomingLink,
  client: Client,
  respond: (request: Request) => Answer,
): void {
  link.on('message', ({ delivery, message }: Context) => {
    const request = messages.decode(message);
    acknowledge(delivery);
    link.add_credit(1);
    const properties = (request.application_properties ?? {}) as Record<string, unknown>;
    const { operation } = properties;
    const answer = respond({ operation: String(operation), properties, body: request.body });
    const bytes = messages.encode({
      correlation_id: request.message_id,
      application_properties: answer.properties,
      body: answer.body,
    });
    const reply = client.replyLink(String(request.reply_to))?.send(bytes, undefined, PLAIN_FORMAT);
    // Sent as settled: nobody waits for the fate of an answer.
    if (reply) reply.settled = true;
  });
  link.add_credit(CREDIT);
}
