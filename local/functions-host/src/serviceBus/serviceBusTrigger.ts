/**
 * Parses Service Bus triggers: entity and connection, with `%SETTING%` references resolved. Rejects batches,
 * sessions and manual settlement, which this host does not support.
 */
import type { AppSettings } from '../appSettings.ts';
import type { Binding } from '../worker/rpcTypes.ts';

export interface ServiceBusTrigger {
  readonly trigger: 'serviceBus';
  readonly connectionString: string;
  readonly source: { readonly queue: string } | { readonly topic: string; readonly subscription: string };
  /** Whether the handler receives a Buffer instead of a string. */
  readonly binary: boolean;
}

/** Parses a Service Bus trigger; a disabled function needs no connection. Throws when Azure would not start it. */
export function parseServiceBusTrigger(
  binding: Binding,
  settings: AppSettings,
  disabled: boolean,
): ServiceBusTrigger {
  if (binding.cardinality === 'many')
    throw new Error('the local host does not support batches (cardinality "many").');
  if (binding.isSessionsEnabled === true) throw new Error('the local host does not support sessions.');
  if (binding.autoCompleteMessages === false) {
    throw new Error(
      'autoCompleteMessages must not be false, because a Node.js handler cannot settle a message.',
    );
  }
  const name = (option: string): string => settings.resolve(String(binding[option] ?? ''));
  const [queue, topic, subscription] = [name('queueName'), name('topicName'), name('subscriptionName')];
  if (!queue && !(topic && subscription)) {
    throw new Error('queueName, or topicName and subscriptionName, are required.');
  }
  return {
    trigger: 'serviceBus',
    connectionString: disabled
      ? ''
      : readConnectionString(String(binding.connection || 'ServiceBus'), settings),
    source: queue ? { queue } : { topic, subscription },
    binary: binding.dataType === 'binary',
  };
}

/** The entity path in Service Bus notation. */
export function entityPath({ source }: ServiceBusTrigger): string {
  return 'queue' in source ? source.queue : `${source.topic}/Subscriptions/${source.subscription}`;
}

function readConnectionString(name: string, settings: AppSettings): string {
  const connectionString = settings.get(name);
  if (connectionString) return connectionString;
  if (settings.get(`${name}__fullyQualifiedNamespace`)) {
    throw new Error(
      `the local host does not support identity-based connections; set '${name}' to a connection string.`,
    );
  }
  throw new Error(`the Service Bus connection '${name}' does not exist.`);
}
