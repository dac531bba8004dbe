/**
 * The index: what the app registered, checked by the rules of Azure and read into the three kinds of function
 * that this host runs. It promises to name every mistake at once, and functions in Azure's order: alphabetical,
 * case ignored. It starts nothing.
 */

import type { Settings } from './appSettings.ts';
import type { HostConfig } from './hostJson.ts';
import { type HttpTrigger, readHttpTrigger, sameRoute } from './http/httpTrigger.ts';
import { readServiceBusTrigger, type ServiceBusTrigger } from './serviceBus/serviceBusTrigger.ts';
import { StartupError, sentenceOf } from './startupError.ts';
import { readTimerTrigger, type TimerTrigger } from './timer/timerTrigger.ts';
import type { RegisteredFunction } from './worker/functionsCore.ts';
import type { Binding } from './worker/rpcTypes.ts';

interface Identity {
  readonly name: string;
  readonly registered: RegisteredFunction;
  /** The trigger's key in the bindings, under which its input is passed. */
  readonly bindingName: string;
  /** By the setting `AzureWebJobs.<name>.Disabled`: keeps its route, answers 404, listens to nothing. */
  readonly disabled: boolean;
}

export type HttpFunction = Identity & HttpTrigger;
export type ServiceBusFunction = Identity & ServiceBusTrigger;
export type TimerFunction = Identity & TimerTrigger;
export type HostFunction = HttpFunction | ServiceBusFunction | TimerFunction;

type IndexConfig = Pick<HostConfig, 'routePrefix' | 'hasExtensionBundle'>;

/** Indexes the registered functions; throws StartupError with a sentence for each that Azure would not run. */
export function indexFunctions(
  registered: Iterable<RegisteredFunction>,
  config: IndexConfig,
  settings: Settings,
): HostFunction[] {
  const reasons: string[] = [];
  const functions: HostFunction[] = [];
  for (const one of registered) {
    try {
      functions.push(indexFunction(one, config, settings));
    } catch (error) {
      reasons.push(`The function '${one.metadata.name}' is in error: ${sentenceOf(error)}`);
    }
  }
  functions.sort((a, b) => compareNames(a.name, b.name));
  reasons.push(...conflictsOf(functions));
  if (functions.length + reasons.length === 0) reasons.push('The app has registered no function at all.');
  if (reasons.length > 0) throw new StartupError(...reasons);
  return functions;
}

function indexFunction(
  registered: RegisteredFunction,
  config: IndexConfig,
  settings: Settings,
): HostFunction {
  const { name, bindings, retryOptions } = registered.metadata;
  if (!/^[a-z][a-z0-9_-]{0,127}$/i.test(name) || /^host$/i.test(name)) {
    throw new Error(`'${name}' is not a valid function name.`);
  }
  if (retryOptions) throw new Error('it has a retry policy, which the local host does not run.');
  const trigger = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type));
  if (!trigger) throw new Error('it has no trigger.');
  for (const [bindingName, binding] of Object.entries(bindings)) {
    checkBinding(bindingName, binding, trigger[1]);
  }
  const disabled = /^(?:1|true)$/i.test(settings.get(`AzureWebJobs.${name}.Disabled`) ?? '');
  const identity = { name, registered, bindingName: trigger[0], disabled };
  return { ...identity, ...readTrigger(identity, trigger[1], config, settings) };
}

function readTrigger(
  { name, disabled }: { readonly name: string; readonly disabled: boolean },
  binding: Binding,
  config: IndexConfig,
  settings: Settings,
): HttpTrigger | ServiceBusTrigger | TimerTrigger {
  switch (binding.type) {
    case 'httpTrigger':
      return readHttpTrigger(name, binding, config.routePrefix);
    case 'serviceBusTrigger':
      if (!config.hasExtensionBundle) {
        throw new Error(
          "the binding type 'serviceBusTrigger' is not registered; host.json has no extensionBundle.",
        );
      }
      return readServiceBusTrigger(binding, settings, disabled);
    case 'timerTrigger':
      return readTimerTrigger(binding, settings);
    default:
      throw new Error(`the local host does not have the trigger '${binding.type}'.`);
  }
}

function checkBinding(name: string, binding: Binding, trigger: Binding): void {
  if (!/^(?:[a-zA-Z][a-zA-Z0-9]{0,127}|\$return)$/.test(name)) {
    throw new Error(`the binding name ${name} is invalid.`);
  }
  if (binding.properties?.supportsDeferredBinding === 'true') {
    throw new Error('the local host does not have SDK bindings.');
  }
  const isHttpReturn = binding.type === 'http' && name === '$return' && trigger.type === 'httpTrigger';
  if (binding !== trigger && !isHttpReturn) {
    throw new Error(`the local host does not have the binding '${binding.type}' (${binding.direction}).`);
  }
}

function conflictsOf(functions: readonly HostFunction[]): string[] {
  const conflicts: string[] = [];
  for (const [index, later] of functions.entries()) {
    const earlier = functions.slice(0, index);
    const twin = earlier.find(({ name }) => name.toLowerCase() === later.name.toLowerCase());
    if (twin) conflicts.push(`The function name '${later.name}' must be unique within the function app.`);
    const rival = earlier.find(
      (one) => one.trigger === 'http' && later.trigger === 'http' && sameRoute(one, later),
    );
    if (rival) {
      conflicts.push(
        `The route of function '${later.name}' conflicts with that of function '${rival.name}'.`,
      );
    }
  }
  return conflicts;
}

// .NET's OrdinalIgnoreCase compares upper-case code units, so `_` comes after the letters.
function compareNames(a: string, b: string): number {
  const [left, right] = [a.toUpperCase(), b.toUpperCase()];
  return left < right ? -1 : Number(left > right);
}
