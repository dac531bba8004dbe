/**
 * ASP.NET route templates: parsed once at start, matched for every request. Guarantees the matching of ASP.NET
 * Core's TemplateMatcher: an empty segment (`//`) before a catch-all does not match, one trailing slash is
 * ignored, literals are case-insensitive.
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

/** The segments of a request path; two consecutive slashes enclose an empty segment. */
export interface PathSegments {
  readonly segments: readonly string[];
  readonly trailingSlash: boolean;
}

/** Parses a template such as `users/{userId:guid}/{*rest}`; throws when Azure would reject it. */
export function parseTemplate(text: string): Template {
  const trimmed = text.replace(/^~?\//, '').replace(/\/$/, '');
  const segments = trimmed === '' ? [] : splitOutside(trimmed, '/', '{}');
  const template = segments.map((segment) => parseSegment(segment, text));
  const names = template.flatMap((segment) => ('name' in segment ? [segment.name.toLowerCase()] : []));
  if (new Set(names).size < names.length) throw new Error(`the route '${text}' contains a parameter twice.`);
  if (template.slice(0, -1).some((segment) => 'name' in segment && segment.catchAll)) {
    throw new Error(`the route '${text}' has segments after its catch-all parameter.`);
  }
  return template;
}

/** Splits a decoded path that begins with a slash. */
export function splitPath(path: string): PathSegments {
  if (path.length < 2) return { segments: [], trailingSlash: false };
  const trailingSlash = path.endsWith('/');
  return { segments: path.slice(1, trailingSlash ? -1 : undefined).split('/'), trailingSlash };
}

/** Matches a path; returns the parameters, or undefined when the template does not match. */
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
  if (segment === '') throw new Error(`the route '${route}' has an empty segment.`);
  if (!/[{}?*]/.test(segment)) return { literal: segment.toLowerCase() };
  const [, stars, content] = /^\{(\*{0,2})((?:\{\{|\}\}|[^{}])+)\}$/.exec(segment) ?? [];
  if (content === undefined) {
    throw new Error(
      `the local host does not support the segment '${segment}' of the route '${route}': a segment must be a literal or one parameter.`,
    );
  }
  const optional = content.endsWith('?');
  const declared = content
    .slice(0, optional ? -1 : undefined)
    .replaceAll('{{', '{')
    .replaceAll('}}', '}');
  const [declaration = '', fallback] = splitOutside(declared, '=', '()');
  const [name = '', ...constraints] = splitOutside(declaration, ':', '()');
  if (!/^[^/?*]+$/.test(name)) throw new Error(`the route '${route}' has a parameter without a valid name.`);
  return { name, catchAll: stars !== '', optional, fallback, constraints: constraints.map(parseConstraint) };
}

// Does not split inside brackets: regex(a/b) contains a slash, regex(a:b) a colon.
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
