/** The API reference as it is served, loaded by `import()` on first use, so that the start does not pay for it. */
import { EVENT_SCHEMAS } from '../events/schemas.ts';
import type { Route } from '../http/route.ts';
import { bulkItemMessage } from '../messaging/bulkItemEnvelope.ts';
import type { JsonSchema, OpenApiDocument } from './document.ts';
import { jsonSchemaOf } from './jsonSchemas.ts';
import { openApiDocument } from './openapi.ts';
import { openViewer, PAGE_POLICY, type Viewer } from './viewer.ts';

export interface Reference {
  document: OpenApiDocument;
  /** The page with the document, and the policy for its content. */
  viewer: Viewer;
  pagePolicy: string;
  bulkOrderItem: JsonSchema;
  /** The schema of the data of each event type, by its name in lower case. */
  events: ReadonlyMap<string, JsonSchema>;
}

/** The document of these routes, the page that shows it, and the schema of the items that order desks put on the queue. */
export async function openReference(routes: readonly Route[]): Promise<Reference> {
  const document = openApiDocument(routes);
  return {
    document,
    viewer: await openViewer(),
    pagePolicy: PAGE_POLICY,
    bulkOrderItem: jsonSchemaOf('BulkOrderItem', bulkItemMessage),
    events: new Map(
      Object.entries(EVENT_SCHEMAS).map(([type, schema]) => [type.toLowerCase(), jsonSchemaOf(type, schema)]),
    ),
  };
}
