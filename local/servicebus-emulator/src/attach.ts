/**
 * Routes every link that a client attaches: to `$cbs`, to `{entity}/$management`, to an entity, or to a detach with an
 * error. Every address except `$cbs` requires a token, and every rejected link carries an error condition.
 */

import type { AmqpError } from './amqp.ts';
import type { Broker } from './broker.ts';
import { putToken } from './cbs.ts';
import type { ClientConnection } from './clientConnection.ts';
import { ConsumerLink } from './consumerLink.ts';
import { entityNotFound, notAllowed, notSupported, sessionsNotSupported, unauthorized } from './errors.ts';
import { manage } from './management.ts';
import { ProducerLink } from './producerLink.ts';
import { serveRequests } from './requestResponse.ts';
import type { IncomingLink, Link, OutgoingLink } from './rhea.ts';

/** What serves a link, or the error that detaches it. */
type Route<AnyLink> = ((link: AnyLink) => void) | AmqpError;

const CBS = '$cbs';
const MANAGEMENT = /\/\$management$/i;
const SESSION_FILTER = 'com.microsoft:session-filter';

/** Handles an attach in the role of sender: the client sends to the link's target. */
export function attachSender(link: IncomingLink, client: ClientConnection, broker: Broker): void {
  answerAttach(routeSender(link, client, broker), link);
}

/** Handles an attach in the role of receiver: the client receives from the link's source. */
export function attachReceiver(link: OutgoingLink, client: ClientConnection, broker: Broker): void {
  answerAttach(routeReceiver(link, client, broker), link);
}

function routeSender({ target }: Link, client: ClientConnection, broker: Broker): Route<IncomingLink> {
  const address = target?.address;
  if (!address) return notSupported('transactions');
  if (address === CBS) return (link) => serveRequests(link, client, (it) => putToken(it, client, broker.key));
  if (!client.isAuthorized(address)) return unauthorized(address);
  const entity = broker.namespace.find(address.replace(MANAGEMENT, ''));
  if (!entity) return entityNotFound(address);
  if (MANAGEMENT.test(address)) return (link) => serveRequests(link, client, (it) => manage(it, entity));
  const { path, intake } = entity;
  if (!intake) return notAllowed(`'${address}' does not accept messages: send to a queue or a topic.`);
  return (link) => new ProducerLink(link, path, intake, broker).open();
}

function routeReceiver({ source }: Link, client: ClientConnection, broker: Broker): Route<OutgoingLink> {
  const address = source?.address;
  if (!address) return notSupported('sources without an address');
  if (address === CBS) return (link) => client.addReplyLink(link);
  if (!client.isAuthorized(address)) return unauthorized(address);
  const entity = broker.namespace.find(address.replace(MANAGEMENT, ''));
  if (!entity) return entityNotFound(address);
  if (MANAGEMENT.test(address)) return (link) => client.addReplyLink(link);
  const filters = Object.keys(source.filter ?? {});
  if (filters.includes(SESSION_FILTER)) return sessionsNotSupported(address);
  if (filters.length > 0) return notSupported(`filters (${filters.join(', ')})`);
  const { path, queue } = entity;
  if (!queue) return notAllowed(`'${address}' is a topic: receive from one of its subscriptions.`);
  return (link) => new ConsumerLink(link, queue, () => broker.faults.takeSettlement(path)).open(client);
}

function answerAttach<AnyLink extends Link>(route: Route<AnyLink>, link: AnyLink): void {
  // In AMQP, an attach without source and target means rejection, so the response repeats those of the client.
  link.set_source(addressOf(link.source));
  link.set_target(addressOf(link.target));
  if (typeof route === 'function') route(link);
  else link.close(route);
}

function addressOf(terminus: { address?: string } | null): { address?: string } {
  return terminus?.address ? { address: terminus.address } : {};
}
