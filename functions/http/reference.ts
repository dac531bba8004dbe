/** `/openapi.json`: the API as OpenAPI. `/docs`: the same as a page. `/schemas/…`: what its queues accept and its events contain. All are loaded on first use. */
import { apiError } from '../../shared/errors.ts';
import { eventSchemaPath } from '../../shared/http/resourceParameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import type { Reference } from '../../shared/openapi/reference.ts';

/** Files of the page, which change with the deployment only. */
const FILE_HEADERS = { 'Cache-Control': 'public, max-age=300', 'X-Content-Type-Options': 'nosniff' };

/** The routes of the reference to `routes()`, these among them. */
export function referenceRoutes(routes: () => readonly Route[]): Route[] {
  const reference = once(async () => {
    const { openReference } = await import('../../shared/openapi/reference.ts');
    return openReference(routes());
  });
  return [
    defineRoute({
      name: 'openapi',
      method: 'GET',
      path: 'openapi.json',
      access: 'open',
      endpoint: async () => ({ status: 200, body: (await reference()).document }),
      docs: {
        tag: 'Service',
        summary: 'Read this description as OpenAPI 3.1',
        answers: { 200: { when: 'The document.', schema: 'OpenApi' } },
      },
    }),
    defineRoute({
      name: 'docs',
      method: 'GET',
      path: 'docs',
      access: 'open',
      async endpoint() {
        const { viewer, pagePolicy } = await reference();
        const headers = { 'Content-Security-Policy': pagePolicy, 'X-Content-Type-Options': 'nosniff' };
        return { status: 200, content: { type: 'text/html', text: viewer.page }, headers };
      },
      docs: {
        tag: 'Service',
        summary: 'Read this description as a page, with a form to try each route',
        answers: { 200: { when: 'The page.', schema: 'Page', media: 'text/html' } },
      },
    }),
    defineRoute({
      name: 'docsScript',
      method: 'GET',
      path: 'docs/viewer.js',
      access: 'open',
      async endpoint() {
        const { viewer } = await reference();
        return {
          status: 200,
          content: { type: 'text/javascript', text: viewer.script },
          headers: FILE_HEADERS,
        };
      },
      docs: {
        tag: 'Service',
        summary: 'Load the script of the page',
        answers: { 200: { when: 'The script.', schema: 'Page', media: 'text/javascript' } },
      },
    }),
    defineRoute({
      name: 'docsStyle',
      method: 'GET',
      path: 'docs/viewer.css',
      access: 'open',
      async endpoint() {
        const { viewer } = await reference();
        return { status: 200, content: { type: 'text/css', text: viewer.style }, headers: FILE_HEADERS };
      },
      docs: {
        tag: 'Service',
        summary: 'Load the style of the page',
        answers: { 200: { when: 'The style.', schema: 'Page', media: 'text/css' } },
      },
    }),
    ...schemaRoutes(reference),
  ];
}

/** The JSON Schemas of messages and events. */
const schemaRoutes = (reference: () => Promise<Reference>): Route[] => [
  defineRoute({
    name: 'bulkOrderItemSchema',
    method: 'GET',
    path: 'schemas/bulk-order-item.json',
    access: 'open',
    endpoint: async () => ({ status: 200, body: (await reference()).bulkOrderItem }),
    docs: {
      tag: 'Service',
      summary: 'Read the JSON Schema of items on the queue `bulk-orders`',
      answers: { 200: { when: 'The schema of the message.', schema: 'JsonSchema' } },
    },
  }),
  defineRoute({
    name: 'eventSchema',
    method: 'GET',
    path: 'schemas/events/{file}',
    access: 'open',
    params: eventSchemaPath,
    async endpoint({ params }) {
      const schema = (await reference()).events.get(params.file.toLowerCase().replace(/\.json$/, ''));
      return schema
        ? { status: 200, body: schema }
        : { error: apiError('routeNotFound', `There is no schema of an event named ${params.file}.`) };
    },
    docs: {
      tag: 'Service',
      summary: 'Read the JSON Schema of the data of an event type',
      answers: { 200: { when: 'The schema of the data.', schema: 'JsonSchema' } },
      errors: ['routeNotFound'],
    },
  }),
];

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => (made ??= make());
}
