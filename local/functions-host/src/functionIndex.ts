/**
 * Indexes the functions that the app registered: validates them by Azure's rules and parses their triggers.
 * Guarantees that one error lists every invalid function, and that functions are sorted as on Azure, by name
 * without regard to case. Starts nothing.
 */

import type { AppSettings } from './appSettings.ts';
import type { HostConfig } from './hostJson.ts';
import { type HttpTrigger, parseHttpTrigger, routesConflict } from './http/httpTrigger.ts';
import { parseServiceBusTrigger, type ServiceBusTrigger } from './serviceBus/serviceBusTrigger.ts';
import { errorMessage, StartupError } from './startupError.ts';
import { parseTimerTrigger, type TimerTrigger } from './timer/timerTrigger.ts';
import type { RegisteredFunction } from './worker/functionsCore.ts';
import type { Binding } from './worker/rpcTypes.ts';

interface FunctionIdentity {
  readonly name: string;
  readonly registered: RegisteredFunction;
  /** The trigger's key in the bindings: the name under which its input is passed. */
  readonly bindingName: string;
  /** Set by `AzureWebJobs.<name>.Disabled`: the function keeps its route, responds with 404 and has no listener. */
  readonly disabled: boolean;
}

export type HttpFunction = FunctionIdentity & HttpTrigger;
export type ServiceBusFunction = FunctionIdentity & ServiceBusTrigger;
export type TimerFunction = FunctionIdentity & TimerTrigger;
export type HostFunction = HttpFunction | ServiceBusFunction | TimerFunction;

type IndexConfig = Pick<HostConfig, 'routePrefix' | 'hasExtensionBundle'>;

/** Indexes the registered functions; throws StartupError with one reason for each that Azure would not run. */
export function indexFunctions(
  registered: Iterable<RegisteredFunction>,
  config: IndexConfig,
  settings: AppSettings,
): HostFunction[] {
  const reasons: string[] = [];
  const functions: HostFunction[] = [];
  for (const candidate of registered) {
    try {
      functions.push(indexFunction(candidate, config, settings));
    } catch (error) {
      reasons.push(`The function '${candidate.metadata.name}' is in error: ${errorMessage(error)}`);
    }
  }
  functions.sort((a, b) => compareNames(a.name, b.name));
  reasons.push(...findConflicts(functions));
  if (functions.length + reasons.length === 0) reasons.push('The app registered no functions.');
  if (reasons.length > 0) throw new StartupError(...reasons);
  return functions;
}

function indexFunction(
  registered: RegisteredFunction,
  config: IndexConfig,
  settings: AppSettings,
): HostFunction {
  const { name, bindings, retryOptions } = registered.metadata;
  if (!/^[a-z][a-z0-9_-]{0,127}$/i.test(name) || /^host$/i.test(name)) {
    throw new Error(`'${name}' is not a valid function name.`);
  }
  if (retryOptions) throw new Error('the local host does not support retry policies.');
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
  settings: AppSettings,
): HttpTrigger | ServiceBusTrigger | TimerTrigger {
  switch (binding.type) {
    case 'httpTrigger':
      return parseHttpTrigger(name, binding, config.routePrefix);
    case 'serviceBusTrigger':
      if (!config.hasExtensionBundle) {
        throw new Error(
          "the binding type 'serviceBusTrigger' is not registered, because host.json has no extensionBundle.",
        );
      }
      return parseServiceBusTrigger(binding, settings, disabled);
    case 'timerTrigger':
      return parseTimerTrigger(binding, settings);
    default:
      throw new Error(`the local host does not support the trigger '${binding.type}'.`);
  }
}

function checkBinding(name: string, binding: Binding, trigger: Binding): void {
  if (!/^(?:[a-zA-Z][a-zA-Z0-9]{0,127}|\$return)$/.test(name)) {
    throw new Error(`the binding name ${name} is invalid.`);
  }
  if (binding.properties?.supportsDeferredBinding === 'true') {
    throw new Error('the local host does not support SDK bindings.');
  }
  const isHttpReturn = binding.type === 'http' && name === '$return' && trigger.type === 'httpTrigger';
  if (binding !== trigger && !isHttpReturn) {
    throw new Error(`the local host does not support the binding '${binding.type}' (${binding.direction}).`);
  }
}

function findConflicts(functions: readonly HostFunction[]): string[] {
  const conflicts: string[] = [];
  for (const [index, later] of functions.entries()) {
    const earlier = functions.slice(0, index);
    const sameName = earlier.find(({ name }) => name.toLowerCase() === later.name.toLowerCase());
    if (sameName) conflicts.push(`The function name '${later.name}' must be unique within the function app.`);
    const sameRoute = earlier.find(
      (other) => other.trigger === 'http' && later.trigger === 'http' && routesConflict(other, later),
    );
    if (sameRoute) {
      conflicts.push(
        `The route of function '${later.name}' conflicts with the route of function '${sameRoute.name}'.`,
      );
    }
  }
  return conflicts;
}

// .NET's OrdinalIgnoreCase compares upper-case code units, so `_` sorts after the letters.
function compareNames(a: string, b: string): number {
  const [left, right] = [a.toUpperCase(), b.toUpperCase()];
  return left < right ? -1 : Number(left > right);
}
