/**
 * The route table. Guarantees Azure's precedence: functions are tried in alphabetical order of their names, the
 * first template that matches path and method is used, and a literal has no precedence over a parameter. A
 * method that is not allowed is no match, so the response is 404 and never 405.
 */
import type { HttpFunction } from '../functionIndex.ts';
import { matchTemplate, splitPath } from './routeTemplate.ts';

export interface RouteMatch {
  readonly target: HttpFunction;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Creates a router for functions that are already in order of precedence. */
export function createRouter(
  functions: readonly HttpFunction[],
): (method: string, path: string) => RouteMatch | undefined {
  const byMethod = new Map<string, HttpFunction[]>();
  for (const target of functions) {
    for (const method of new Set(target.methods)) {
      byMethod.set(method, [...(byMethod.get(method) ?? []), target]);
    }
  }
  return (method, path) => {
    const segments = splitPath(path);
    for (const target of byMethod.get(method) ?? []) {
      const parameters = matchTemplate(target.template, segments);
      if (parameters) return { target, parameters };
    }
    return undefined;
  };
}
