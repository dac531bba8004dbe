/**
 * The Service Bus trigger of a function: which queue or subscription, over which connection. It promises a
 * connection string and resolved names, or a sentence. Batches, sessions and settlement by hand are refused:
 * this host does not run them.
 */
import type { Settings } from '../appSettings.ts';
import type { Binding } from '../worker/rpcTypes.ts';

export interface ServiceBusTrigger {
  readonly trigger: 'serviceBus';
  readonly connectionString: string;
  readonly source: { readonly queue: string } | { readonly topic: string; readonly subscription: string };
  /** The handler gets a Buffer instead of a string. */
  readonly binary: boolean;
}

/** Reads a Service Bus trigger; a disabled function needs no connection. */
export function readServiceBusTrigger(
  binding: Binding,
  settings: Settings,
  disabled: boolean,
): ServiceBusTrigger {
  if (binding.cardinality === 'many')
    throw new Error('the local host does not run batches (cardinality "many").');
  if (binding.isSessionsEnabled === true) throw new Error('the local host does not have sessions.');
  if (binding.autoCompleteMessages === false) {
    throw new Error('autoCompleteMessages must stay on, for a Node handler cannot settle a message.');
  }
  const name = (option: string): string => settings.resolve(String(binding[option] ?? ''));
  const [queue, topic, subscription] = [name('queueName'), name('topicName'), name('subscriptionName')];
  if (!queue && !(topic && subscription)) {
    throw new Error('it names neither a queue nor a topic with a subscription.');
  }
  return {
    trigger: 'serviceBus',
    connectionString: disabled
      ? ''
      : connectionStringOf(String(binding.connection || 'ServiceBus'), settings),
    source: queue ? { queue } : { topic, subscription },
    binary: binding.dataType === 'binary',
  };
}

/** The entity as Service Bus writes its path. */
export function entityPath({ source }: ServiceBusTrigger): string {
  return 'queue' in source ? source.queue : `${source.topic}/Subscriptions/${source.subscription}`;
}

function connectionStringOf(name: string, settings: Settings): string {
  const connectionString = settings.get(name);
  if (connectionString) return connectionString;
  if (settings.get(`${name}__fullyQualifiedNamespace`)) {
    throw new Error(
      `'${name}' names a namespace only; the local host needs a connection string in '${name}'.`,
    );
  }
  throw new Error(`Service Bus connection '${name}' does not exist.`);
}
