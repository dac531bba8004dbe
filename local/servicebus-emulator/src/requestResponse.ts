/**
 * Request-response over AMQP for `$cbs` and `$management`: a request arrives on one link, and its response leaves on the
 * link that `reply-to` names. Every request gets a response, because clients wait for it.
 */

import { messages } from './amqp.ts';
import type { ClientConnection } from './clientConnection.ts';
import { acknowledge, type Context, type IncomingLink } from './rhea.ts';

export interface Request {
  readonly operation: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A response. The names of the status properties differ between `$cbs` and `$management`. */
export interface Response {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

const CREDIT = 100;
const PLAIN_FORMAT = 0;

/** Serves the requests of a link. */
export function serveRequests(
  link: IncomingLink,
  client: ClientConnection,
  respond: (request: Request) => Response,
): void {
  link.on('message', ({ delivery, message }: Context) => {
    const request = messages.decode(message);
    acknowledge(delivery);
    link.add_credit(1);
    const properties = (request.application_properties ?? {}) as Record<string, unknown>;
    const { operation } = properties;
    const response = respond({ operation: String(operation), properties, body: request.body });
    const bytes = messages.encode({
      correlation_id: request.message_id,
      application_properties: response.properties,
      body: response.body,
    });
    const reply = client.replyLink(String(request.reply_to))?.send(bytes, undefined, PLAIN_FORMAT);
    // Responses are sent settled: clients send no disposition for them.
    if (reply) reply.settled = true;
  });
  link.add_credit(CREDIT);
}
