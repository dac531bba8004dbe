/**
 * Parses HTTP triggers: route, methods and authorization level, by the rules with which Azure indexes them.
 */
import type { Binding } from '../worker/rpcTypes.ts';
import { parseTemplate, type Template } from './routeTemplate.ts';

export interface HttpTrigger {
  readonly trigger: 'http';
  readonly methods: readonly string[];
  /** The template with the route prefix, without a leading slash. */
  readonly route: string;
  readonly template: Template;
  readonly authLevel: 'anonymous' | 'function' | 'admin';
}

/** Parses an HTTP trigger; throws for a route or authorization level that Azure rejects. */
export function parseHttpTrigger(functionName: string, binding: Binding, routePrefix: string): HttpTrigger {
  const template = String(binding.route ?? '').trim() || functionName;
  // Azure compares the prefix only, so it rejects `administration` like `admin`.
  if (/^\/*(?:admin|runtime)/i.test(template)) {
    throw new Error('the specified route conflicts with one or more built in routes.');
  }
  const route = routePrefix === '' ? template : `${routePrefix}/${template}`;
  const authLevel = String(binding.authLevel ?? 'anonymous').toLowerCase();
  if (authLevel !== 'anonymous' && authLevel !== 'function' && authLevel !== 'admin') {
    throw new Error(`the authLevel '${authLevel}' is unknown.`);
  }
  const methods = Array.isArray(binding.methods) ? binding.methods.map(String) : [];
  return {
    trigger: 'http',
    methods: methods.map((method) => method.toUpperCase()),
    route: route.replace(/^\//, ''),
    template: parseTemplate(route),
    authLevel,
  };
}

/** Whether two functions have the same template and a common method. */
export function routesConflict(a: HttpTrigger, b: HttpTrigger): boolean {
  const [left, right] = [a, b].map(({ route }) => route.replace(/^\/+|\/+$/g, '').toLowerCase());
  return left === right && a.methods.some((method) => b.methods.includes(method));
}
