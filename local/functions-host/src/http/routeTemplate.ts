/**
 * A route template of ASP.NET: parsing once at start, matching for every request. It promises the matching of
 * ASP.NET Core's route matcher, oddities included: an empty segment (`//`) before a catch-all matches nothing,
 * one trailing slash is ignored, literals ignore case. It knows neither methods nor functions.
 */
import { type Constraint, parseConstraint } from './routeConstraint.ts';

interface Literal {
  readonly literal: string;
}

interface Parameter {
  readonly name: string;
  readonly catchAll: boolean;
  readonly optional: boolean;
  readonly fallback: string | undefined;
  readonly constraints: readonly Constraint[];
}

export type Template = readonly (Literal | Parameter)[];

/** The segments of a request path; what is empty between two slashes stays in as an empty one. */
export interface PathSegments {
  readonly segments: readonly string[];
  readonly trailingSlash: boolean;
}

/** Parses a template such as `carts/{cartId:guid}/{*rest}`; throws a sentence when Azure would refuse it. */
export function parseTemplate(text: string): Template {
  const trimmed = text.replace(/^~?\//, '').replace(/\/$/, '');
  const segments = trimmed === '' ? [] : splitOutside(trimmed, '/', '{}');
  const template = segments.map((segment) => parseSegment(segment, text));
  const names = template.flatMap((segment) => ('name' in segment ? [segment.name.toLowerCase()] : []));
  if (new Set(names).size < names.length) throw new Error(`The route '${text}' names a parameter twice.`);
  if (template.slice(0, -1).some((segment) => 'name' in segment && segment.catchAll)) {
    throw new Error(`The route '${text}' goes on after a catch-all parameter.`);
  }
  return template;
}

/** Splits a decoded path that begins with a slash. */
export function splitPath(path: string): PathSegments {
  if (path.length < 2) return { segments: [], trailingSlash: false };
  const trailingSlash = path.endsWith('/');
  return { segments: path.slice(1, trailingSlash ? -1 : undefined).split('/'), trailingSlash };
}

/** The parameters of a path under a template, or undefined when it does not match. */
export function matchTemplate(template: Template, path: PathSegments): Record<string, string> | undefined {
  const { segments, trailingSlash } = path;
  let index = 0;
  for (const segment of segments) {
    const expected = template[index];
    if (segment === '' || !expected) return undefined;
    if ('name' in expected && expected.catchAll) break;
    if ('literal' in expected && !sameLiteral(expected.literal, segment)) return undefined;
    index++;
  }
  for (; index < template.length; index++) {
    const missing = template[index];
    if (!missing || 'literal' in missing) return undefined;
    if (!missing.catchAll && !missing.optional && missing.fallback === undefined) return undefined;
  }

  const values: Record<string, string> = {};
  for (const [position, part] of template.entries()) {
    if ('literal' in part) continue;
    const rest = part.catchAll && position < segments.length;
    const captured = rest
      ? segments.slice(position).join('/') + (trailingSlash ? '/' : '')
      : segments[position];
    const value = captured ?? part.fallback;
    if (!satisfies(part, value)) return undefined;
    if (value !== undefined) values[part.name] = value;
  }
  return values;
}

function sameLiteral(lowerCase: string, segment: string): boolean {
  return lowerCase.length === segment.length && lowerCase === segment.toLowerCase();
}

function satisfies({ constraints, optional }: Parameter, value: string | undefined): boolean {
  if (value === undefined) return optional || constraints.length === 0;
  return constraints.every((holds) => holds(value));
}

function parseSegment(segment: string, route: string): Literal | Parameter {
  if (segment === '') throw new Error(`The route '${route}' has an empty segment.`);
  if (!/[{}?*]/.test(segment)) return { literal: segment.toLowerCase() };
  const [, stars, content] = /^\{(\*{0,2})((?:\{\{|\}\}|[^{}])+)\}$/.exec(segment) ?? [];
  if (content === undefined) {
    throw new Error(
      `The route '${route}' has a segment, '${segment}', that is neither a literal nor one parameter.`,
    );
  }
  const optional = content.endsWith('?');
  const declared = content
    .slice(0, optional ? -1 : undefined)
    .replaceAll('{{', '{')
    .replaceAll('}}', '}');
  const [declaration = '', fallback] = splitOutside(declared, '=', '()');
  const [name = '', ...constraints] = splitOutside(declaration, ':', '()');
  if (!/^[^/?*]+$/.test(name)) throw new Error(`The route '${route}' has a parameter without a valid name.`);
  return { name, catchAll: stars !== '', optional, fallback, constraints: constraints.map(parseConstraint) };
}

// What stands in brackets is one piece: regex(a/b) may hold a slash, regex(a:b) a colon.
function splitOutside(text: string, separator: string, brackets: string): string[] {
  const pieces = [''];
  let depth = 0;
  for (const char of text) {
    if (char === brackets[0]) depth++;
    if (char === brackets[1]) depth--;
    if (char === separator && depth === 0) pieces.push('');
    else pieces[pieces.length - 1] += char;
  }
  return pieces;
}
