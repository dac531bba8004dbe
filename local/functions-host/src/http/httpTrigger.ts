/**
 * The HTTP trigger of a function: its route, methods and level of authorisation, by the rules with which Azure
 * indexes them. It promises a parsed template or a sentence. Whether two functions get in each other's way is
 * asked here too, and decided by the index.
 */
import type { Binding } from '../worker/rpcTypes.ts';
import { parseTemplate, type Template } from './routeTemplate.ts';

export interface HttpTrigger {
  readonly trigger: 'http';
  readonly methods: readonly string[];
  /** The template with the route prefix, without a slash in front. */
  readonly route: string;
  readonly template: Template;
  readonly authLevel: 'anonymous' | 'function' | 'admin';
}

/** Reads an HTTP trigger; throws a sentence for a route or level that Azure refuses. */
export function readHttpTrigger(functionName: string, binding: Binding, routePrefix: string): HttpTrigger {
  const own = String(binding.route ?? '').trim() || functionName;
  // A plain prefix on Azure too: `administration` is refused like `admin`.
  if (/^\/*(?:admin|runtime)/i.test(own)) {
    throw new Error('the specified route conflicts with one or more built in routes.');
  }
  const route = routePrefix === '' ? own : `${routePrefix}/${own}`;
  const authLevel = String(binding.authLevel ?? 'anonymous').toLowerCase();
  if (authLevel !== 'anonymous' && authLevel !== 'function' && authLevel !== 'admin') {
    throw new Error(`its authLevel '${authLevel}' is not known.`);
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

/** Whether two functions claim the same template for the same method. */
export function sameRoute(a: HttpTrigger, b: HttpTrigger): boolean {
  const [left, right] = [a, b].map(({ route }) => route.replace(/^\/+|\/+$/g, '').toLowerCase());
  return left === right && a.methods.some((method) => b.methods.includes(method));
}
