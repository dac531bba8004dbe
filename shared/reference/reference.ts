/** The reference as it is served, loaded by `import()` on first use: no call but one for the reference pays for it. */
import type { Route } from '../http/pipeline.ts';
import type { OpenApiDocument } from './document.ts';
import { openApiDocument } from './openapi.ts';
import { referencePage } from './page.ts';

/** The document of these routes, and the page made from it. */
export function openReference(routes: readonly Route[]): { document: OpenApiDocument; page: string } {
  const document = openApiDocument(routes);
  return { document, page: referencePage(document) };
}
