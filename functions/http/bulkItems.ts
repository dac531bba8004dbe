/** The items of a bulk order: page by page as JSON, or all of them as CSV for a spreadsheet. */
import * as z from 'zod';
import { getBulkOrder } from '../../shared/bulk/lifecycle.ts';
import { ITEM_STATES, isCursor, readItems } from '../../shared/bulk/readItems.ts';
import { bulkUri, itemBody, itemsCsv, pageBody, rejectedBody } from '../../shared/http/bulkResponse.ts';
import { lenientName } from '../../shared/http/canonicalize.ts';
import { cursor, pageSize } from '../../shared/http/parameters.ts';
import { bulkOrderPath } from '../../shared/http/resourceParameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 500;
/** Items read at a time for the CSV. */
const CSV_PAGE = 1_000;

const itemQuery = z.object({
  state: lenientName(ITEM_STATES)
    .meta({ description: 'Only items in this state.', example: 'failed' })
    .optional(),
  after: cursor(isCursor, '99').optional(),
  size: pageSize(MAX_PAGE_SIZE, 'Items of a page.').default(DEFAULT_PAGE_SIZE),
});

const ITEMS = 'bulkorders/{bulkOrderId}/items';

export const bulkItemRoutes: Route[] = [
  defineRoute({
    name: 'listBulkItems',
    method: 'GET',
    path: ITEMS,
    access: 'read',
    params: bulkOrderPath,
    query: itemQuery,
    async endpoint({ params, query, caller, policies }, ports) {
      const key = { tenant: caller.tenant, bulkOrderId: params.bulkOrderId };
      const found = await getBulkOrder(ports, key, policies.lifecycle);
      if ('error' in found) return found;
      const { state, after, size } = query;
      const { views, rejected, next } = await readItems(ports, found.order, { state, after, most: size });
      const more = new URLSearchParams({
        ...(state ? { state } : {}),
        ...(next ? { after: next } : {}),
        size: String(size),
      });
      const items = [...views.map(itemBody), ...rejected.map(rejectedBody)];
      const uri = `${bulkUri(key)}/items`;
      return { status: 200, body: pageBody(items, uri, next === undefined ? undefined : more) };
    },
    docs: {
      tag: 'Bulk orders',
      summary: 'List the items of a bulk order',
      description: 'In the order of the list, with orders and errors. Rejected items come last.',
      answers: { 200: { when: 'A page of items.', schema: 'BulkItems' } },
      errors: ['invalidInput', 'bulkOrderNotFound'],
    },
  }),
  defineRoute({
    name: 'exportBulkItems',
    method: 'GET',
    path: `${ITEMS}.csv`,
    access: 'read',
    params: bulkOrderPath,
    async endpoint({ params, caller, policies }, ports) {
      const key = { tenant: caller.tenant, bulkOrderId: params.bulkOrderId };
      const found = await getBulkOrder(ports, key, policies.lifecycle);
      if ('error' in found) return found;
      const pages: string[] = [];
      let after: string | undefined;
      do {
        const { views, rejected, next } = await readItems(ports, found.order, { after, most: CSV_PAGE });
        const bodies = [...views.map(itemBody), ...rejected.map(rejectedBody)];
        pages.push(itemsCsv(bodies, { header: after === undefined }));
        after = next;
      } while (after !== undefined);
      const headers = { 'Content-Disposition': `attachment; filename="bulkorder-${key.bulkOrderId}.csv"` };
      return { status: 200, content: { type: 'text/csv', text: pages.join('') }, headers };
    },
    docs: {
      tag: 'Bulk orders',
      summary: 'Export the items of a bulk order as CSV',
      answers: { 200: { when: 'One line per item.', schema: 'Csv', media: 'text/csv' } },
      errors: ['bulkOrderNotFound'],
    },
  }),
];
