/** `/openapi.json`: the service described for machines. `/docs`: the same for people. `/schemas/…`: what may be put on its queues. All are made on first use. */
import { defineRoute, type Route } from '../../shared/http/route.ts';

/** A page of its own: nothing is loaded but itself, and nothing runs. */
const PAGE_ONLY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

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
        const headers = { 'Content-Security-Policy': PAGE_ONLY, 'X-Content-Type-Options': 'nosniff' };
        return { status: 200, html: (await reference()).page, headers };
      },
      docs: {
        tag: 'Service',
        summary: 'Read this description as a page',
        answers: { 200: { when: 'The page.', schema: 'Page', media: 'text/html' } },
      },
    }),
    defineRoute({
      name: 'bulkOrderItemSchema',
      method: 'GET',
      path: 'schemas/bulk-order-item.json',
      access: 'open',
      endpoint: async () => ({ status: 200, body: (await reference()).bulkOrderItem }),
      docs: {
        tag: 'Service',
        summary: 'Read what an item on the queue `bulk-orders` is, as a JSON Schema',
        answers: { 200: { when: 'The schema of the message.', schema: 'JsonSchema' } },
      },
    }),
  ];
}

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => (made ??= make());
}
