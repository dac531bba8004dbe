/** The items of a bulk order, page by page or as a whole for a spreadsheet. */
import { getBulkOrder } from '../../shared/bulk/lifecycle.ts';
import {
  ITEM_STATES,
  type ItemQuery,
  type ItemState,
  isCursor,
  readItems,
} from '../../shared/bulk/readItems.ts';
import { type ApiError, apiError } from '../../shared/errors.ts';
import { bulkUri, itemBody, itemsCsv, pageBody, rejectedBody } from '../../shared/http/bulkResponse.ts';
import type { Endpoint, Route } from '../../shared/http/pipeline.ts';
import { bulkKeyOf, type RequestContext } from '../../shared/http/requestContext.ts';

const PAGE = 100;
const LARGEST_PAGE = 500;
const CSV_PAGE = 1_000;

const list: Endpoint = async (call, ports) => {
  const key = bulkKeyOf(call);
  if ('error' in key) return key;
  const query = queryOf(call);
  if ('error' in query) return query;
  const found = await getBulkOrder(ports, key, call.policies.lifecycle);
  if ('error' in found) return found;
  const { views, rejected, next } = await readItems(ports, found.order, query);
  const more = new URLSearchParams(call.request.query);
  if (next !== undefined) more.set('after', next);
  const items = [...views.map(itemBody), ...rejected.map(rejectedBody)];
  const uri = `${bulkUri(key)}/items`;
  return { status: 200, body: pageBody(items, uri, next === undefined ? undefined : more) };
};

const csv: Endpoint = async (call, ports) => {
  const key = bulkKeyOf(call);
  if ('error' in key) return key;
  const found = await getBulkOrder(ports, key, call.policies.lifecycle);
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
  return { status: 200, csv: pages.join(''), headers };
};

function queryOf({ request }: RequestContext): ItemQuery | { error: ApiError } {
  const [state, after, size] = ['state', 'after', 'size'].map((name) => request.query.get(name) ?? undefined);
  if (state !== undefined && !ITEM_STATES.includes(state as ItemState)) {
    return wrong('state', `should be one of ${ITEM_STATES.join(', ')}`);
  }
  if (after !== undefined && !isCursor(after)) return wrong('after', 'should be what a page before said');
  const most = size === undefined ? PAGE : Number(size);
  if (!Number.isInteger(most) || most < 1 || most > LARGEST_PAGE) {
    return wrong('size', `should be a number from 1 to ${LARGEST_PAGE}`);
  }
  return { state: state as ItemState | undefined, after, most };
}

const wrong = (path: string, message: string) => ({
  error: apiError('invalidInput', `${path}: ${message}`, { data: [{ path, message }] }),
});

const ITEMS = 'bulkorders/{bulkOrderId}/items';

export const bulkItemRoutes: Route[] = [
  {
    name: 'listBulkItems',
    method: 'GET',
    path: ITEMS,
    access: 'read',
    endpoint: list,
    docs: {
      tag: 'Bulk orders',
      summary: 'List the items of a bulk order',
      description: 'In the order of the list, with orders and reasons; those that were rejected come last.',
      query: ['state', 'after', 'size'],
      answers: { 200: { when: 'A page of them.', schema: 'BulkItems' } },
      errors: ['invalidInput', 'bulkOrderNotFound'],
    },
  },
  {
    name: 'exportBulkItems',
    method: 'GET',
    path: `${ITEMS}.csv`,
    access: 'read',
    endpoint: csv,
    docs: {
      tag: 'Bulk orders',
      summary: 'Read all items of a bulk order as CSV',
      answers: { 200: { when: 'A line each.', schema: 'Csv', media: 'text/csv' } },
      errors: ['bulkOrderNotFound'],
    },
  },
];
