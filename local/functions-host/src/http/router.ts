/**
 * The route table. It promises Azure's order: functions are tried alphabetically by name, the first template
 * that matches path and method wins, and a literal has no advantage over a parameter. A wrong method is simply
 * no match, so it ends as 404 and never as 405.
 */
import type { HttpFunction } from '../functionIndex.ts';
import { matchTemplate, splitPath } from './routeTemplate.ts';

export interface RouteMatch {
  readonly target: HttpFunction;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Prepares the lookup of functions that come in their order of precedence. */
export function createRouter(
  functions: readonly HttpFunction[],
): (method: string, path: string) => RouteMatch | undefined {
  const routes = functions.map((target) => ({ target, methods: new Set(target.methods) }));
  return (method, path) => {
    const segments = splitPath(path);
    for (const { target, methods } of routes) {
      const parameters = methods.has(method) && matchTemplate(target.template, segments);
      if (parameters) return { target, parameters };
    }
    return undefined;
  };
}
