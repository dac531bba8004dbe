/**
 * The bulk orders of a service, as this command requests them: paths, bodies and pages. `requester` decides when a
 * request is repeated.
 */
import type { ItemState } from '../../shared/bulk/readItems.ts';
import type { bulkOrderBody, itemBody } from '../../shared/http/bulkResponse.ts';
import type { Service } from '../service/connection.ts';
import { RejectedByService } from '../service/errors.ts';
import { type RequestOptions, requester, type ServiceRequest } from '../service/request.ts';

export type BulkOrder = ReturnType<typeof bulkOrderBody>;
export type BulkOrderItem = ReturnType<typeof itemBody>;

interface Page<One> {
  items: One[];
  links: { next?: { uri: string } };
}

const PAGE = 500;
const ROOT = '/v1/bulkorders';

export type BulkService = ReturnType<typeof bulkService>;

/** The bulk orders of a service. Every call throws RejectedByService or Unreachable when there is no answer to use. */
export function bulkService(service: Service, options: RequestOptions) {
  const request = requester(service, options);
  const order = (sent: ServiceRequest) => request<BulkOrder>(sent, has('counts'));
  const get = (id: string) => order({ method: 'GET', path: `${ROOT}/${id}` });

  /** All pages from a path on, or the first `most` entries. */
  async function pages<One>(path: string, most = Number.POSITIVE_INFINITY): Promise<One[]> {
    const found: One[] = [];
    for (let next: string | undefined = path; next !== undefined && found.length < most; ) {
      const page: Page<One> = await request({ method: 'GET', path: next }, has('items'));
      found.push(...page.items);
      next = page.links?.next && `/v1${page.links.next.uri}`;
    }
    return found.slice(0, most);
  }

  return {
    get,
    /** Submits a body; the same request id and body are the same bulk order. */
    submit: (body: string, requestId: string) => order({ method: 'POST', path: ROOT, body, requestId }),
    /** The latest bulk orders, the newest first. */
    list: (most: number) => pages<BulkOrder>(ROOT, most),
    /** The items of a bulk order, or those in a state; all of them unless `most` is given. */
    items(id: string, { state, most }: { state?: ItemState | undefined; most?: number } = {}) {
      const query = new URLSearchParams({
        size: String(Math.min(PAGE, most ?? PAGE)),
        ...(state && { state }),
      });
      return pages<BulkOrderItem>(`${ROOT}/${id}/items?${query}`, most);
    },
    cancel: (id: string) => order({ method: 'POST', path: `${ROOT}/${id}/cancel` }),
    /** Retries items in these states. A bulk order that is running, perhaps because of this very retry, is given as it is. */
    async retry(id: string, states: readonly string[]): Promise<BulkOrder> {
      try {
        return await order({ method: 'POST', path: `${ROOT}/${id}/retry`, body: JSON.stringify({ states }) });
      } catch (error) {
        if (error instanceof RejectedByService && error.status === 409) return get(id);
        throw error;
      }
    },
  };
}

/** Whether a body has an object or a list under this name. */
const has = (name: string) => (body: object) => {
  const member = (body as Record<string, unknown>)[name];
  return typeof member === 'object' && member !== null;
};
