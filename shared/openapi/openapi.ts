/**
 * The OpenAPI document, made from the route table, the parsers that the routes declare and the table of errors. There
 * is no second description of what is read, so the document cannot drift from it.
 */
import { apiError, ERRORS, type ErrorName } from '../errors.ts';
import { errorResponse } from '../http/response.ts';
import { canonicalPath, type Route } from '../http/route.ts';
import type { AnswerDocs } from '../http/routeDocs.ts';
import type { Content, OpenApiDocument, Operation, Parameter, Response } from './document.ts';
import { EXAMPLES } from './examples.ts';
import { INFO, TAGS, TOKEN } from './info.ts';
import { jsonSchemas, parametersOf } from './jsonSchemas.ts';
import { ANSWER_HEADERS, TRACE_HEADERS, TRACE_PARAMETERS } from './parameters.ts';
import { type SchemaName, schemaName } from './schemas.ts';

/** The document for these routes. */
export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/', description: 'The service that this document comes from.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: pathsOf(routes),
    components: {
      schemas: jsonSchemas(),
      parameters: headerParameters(routes),
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
    const path = `/${canonicalPath(route)}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return paths;
}

/** Every header that a route reads, by name. */
function headerParameters(routes: readonly Route[]): Record<string, Parameter> {
  const read = routes.flatMap(({ reads }) => parametersOf('header', reads.headers));
  return {
    ...mapped(
      TRACE_PARAMETERS,
      ({ description, schema, example }, name): Parameter => ({
        name,
        in: 'header',
        description: `${description} Example: \`${example}\`.`,
        schema,
      }),
    ),
    ...Object.fromEntries(read.map((parameter) => [parameter.name, parameter])),
  };
}

function operationOf(route: Route): Operation {
  const { name, access, reads, docs } = route;
  const { tag, summary, description } = docs;
  const { params, query, headers, body } = reads;
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: access === 'open' ? [] : [{ bearer: [] }],
    parameters: [
      ...parametersOf('path', params),
      ...parametersOf('query', query),
      ...[...Object.keys(headers.shape), ...TRACE_HEADERS].map((header) => ref('parameters', header)),
    ],
    ...(body
      ? {
          requestBody: {
            required: body.isRequired,
            content: {
              ...contentOf(schemaName(body.schema)),
              ...(body.lines ? contentOf(schemaName(body.lines), 'application/x-ndjson') : {}),
            },
          },
        }
      : {}),
    responses: {
      ...mapped(docs.answers, responseOf),
      ...errorResponses(errorsOf(route)),
    },
  };
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

/** Every error that a route can return: its own, those that its access implies, and the unexpected one. */
export function errorsOf({
  access,
  docs,
  isPartnerCenters,
}: Pick<Route, 'access' | 'docs' | 'isPartnerCenters'>): ErrorName[] {
  const implied = access === 'open' ? [] : IMPLIED;
  const passed = isPartnerCenters ? (['passedResponseTooLarge'] as const) : [];
  return [...new Set([...(docs.errors ?? []), ...implied, ...passed, 'serviceFailed' as const])];
}

/** The errors by status; each code with what it means, and an example. */
function errorResponses(errors: readonly ErrorName[]): Record<string, Response> {
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

/** The object with every member mapped. */
function mapped<Name extends string | number, From, To>(
  of: Readonly<Record<Name, From>>,
  make: (from: From, name: Name & string) => To,
): Record<Name, To> {
  const entries = Object.entries<From>(of).map(([name, from]) => [name, make(from, name as Name & string)]);
  return Object.fromEntries(entries) as Record<Name, To>;
}
