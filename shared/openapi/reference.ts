/** The reference as it is served, loaded by `import()` on first use: no call but one for the reference pays for it. */
import type { Route } from '../http/route.ts';
import { bulkItemMessage } from '../messaging/bulkItemEnvelope.ts';
import type { JsonSchema, OpenApiDocument } from './document.ts';
import { jsonSchemaOf } from './jsonSchemas.ts';
import { openApiDocument } from './openapi.ts';
import { referencePage } from './page.ts';

export interface Reference {
  document: OpenApiDocument;
  page: string;
  bulkOrderItem: JsonSchema;
}

/** The document of these routes, the page made from it, and the schema of what order desks put on the queue. */
export function openReference(routes: readonly Route[]): Reference {
  const document = openApiDocument(routes);
  return {
    document,
    page: referencePage(document),
    bulkOrderItem: jsonSchemaOf('BulkOrderItem', bulkItemMessage),
  };
}
