/**
 * The OpenAPI document, made from the route table, the schemas that validate and the table of errors: what is
 * not in those is not in it. It knows nothing of the host or of HTML.
 */
import { apiError, ERRORS, type ErrorName } from '../errors.ts';
import type { Route } from '../http/pipeline.ts';
import { errorResponse } from '../http/response.ts';
import type { AnswerDocs } from '../http/routeDocs.ts';
import type { Content, OpenApiDocument, Operation, Parameter, Response } from './document.ts';
import { EXAMPLES } from './examples.ts';
import { INFO, TAGS, TOKEN } from './info.ts';
import { jsonSchemas } from './jsonSchemas.ts';
import {
  ANSWER_HEADERS,
  PATH_PARAMETERS,
  QUERY_PARAMETERS,
  REQUEST_HEADERS,
  TRACE_HEADERS,
} from './parameters.ts';
import type { SchemaName } from './schemas.ts';

/** The document for these routes. */
export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: pathsOf(routes),
    components: {
      schemas: jsonSchemas(),
      parameters: mapped(REQUEST_HEADERS, (docs, name): Parameter => ({ name, in: 'header', ...docs })),
      headers: mapped(ANSWER_HEADERS, (docs) => docs),
      examples: mapped(ERRORS, ({ when }, name) => ({
        summary: when,
        value: errorResponse(apiError(name, when)).body,
      })),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: TOKEN },
      },
    },
    'x-errors': ERRORS,
  };
}

function pathsOf(routes: readonly Route[]): OpenApiDocument['paths'] {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = route.access === 'open' ? `/${route.path}` : `/v1/${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return paths;
}

function operationOf({ name, path, access, docs }: Route): Operation {
  const { tag, summary, description, request, lines, query = [], headers = [] } = docs;
  const inQuery = query.map((name): Parameter => ({ name, in: 'query', ...QUERY_PARAMETERS[name] }));
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => pathParameter(parameter));
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: access === 'open' ? [] : [{ bearer: [] }],
    parameters: [
      ...inPath,
      ...inQuery,
      ...[...headers, ...TRACE_HEADERS].map((header) => ref('parameters', header)),
    ],
    ...(request
      ? {
          requestBody: {
            required: true,
            content: { ...contentOf(request), ...(lines ? contentOf(lines, 'application/x-ndjson') : {}) },
          },
        }
      : {}),
    responses: {
      ...mapped(docs.answers, responseOf),
      ...faultResponses(errorsOf({ access, docs })),
    },
  };
}

function pathParameter(name: string): Parameter {
  const docs = PATH_PARAMETERS[name];
  if (!docs) throw new Error(`The path parameter ${name} is not described.`);
  return { name, in: 'path', required: true, ...docs };
}

function responseOf({ when, schema, media, headers = [] }: AnswerDocs): Response {
  return {
    description: when,
    headers: headerRefs(headers),
    ...(schema ? { content: contentOf(schema, media) } : {}),
  };
}

function contentOf(schema: SchemaName, media = 'application/json'): Content {
  const { [schema]: example }: Partial<Record<SchemaName, unknown>> = EXAMPLES;
  return { [media]: { schema: ref('schemas', schema), ...(example === undefined ? {} : { example }) } };
}

const IMPLIED = [
  'accessDenied',
  'tenantNotAllowed',
  'roleMissing',
  'tooManyRequests',
  'serviceUnavailable',
] as const;

/** Every way in which a route can fail: its own, what its access implies, and what nobody expects. */
export function errorsOf({ access, docs }: Pick<Route, 'access' | 'docs'>): ErrorName[] {
  const implied = access === 'open' ? [] : IMPLIED;
  return [...new Set([...(docs.errors ?? []), ...implied, 'serviceFailed' as const])];
}

/** The errors by status; each code with what it means, and an example. */
function faultResponses(errors: readonly ErrorName[]): Record<string, Response> {
  const byStatus = Object.groupBy(errors, (error) => ERRORS[error].status);
  return mapped(byStatus as Record<string, ErrorName[]>, (of, status) => ({
    description: of.map((error) => `\`${ERRORS[error].code}\` ${ERRORS[error].when}`).join('\n\n'),
    headers: headerRefs([
      ...(status === '401' ? (['WWW-Authenticate'] as const) : []),
      ...(['409', '429', '503'].includes(status) ? (['Retry-After'] as const) : []),
    ]),
    content: {
      'application/json': {
        schema: ref('schemas', 'Error'),
        examples: Object.fromEntries(of.map((error) => [error, ref('examples', error)])),
      },
    },
  }));
}

const headerRefs = (names: readonly (keyof typeof ANSWER_HEADERS)[]) =>
  Object.fromEntries([...names, ...TRACE_HEADERS, 'MS-ServerId'].map((name) => [name, ref('headers', name)]));

const ref = (kind: keyof OpenApiDocument['components'], name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});

/** The object with every member made anew from itself and its name. */
function mapped<Name extends string | number, From, To>(
  of: Readonly<Record<Name, From>>,
  make: (from: From, name: Name & string) => To,
): Record<Name, To> {
  const entries = Object.entries<From>(of).map(([name, from]) => [name, make(from, name as Name & string)]);
  return Object.fromEntries(entries) as Record<Name, To>;
}
