/**
 * The bulk orders of a service, as this command asks for them. It knows the paths and the bodies; when a request
 * is repeated is `ask`'s business, and what is asked for is its caller's.
 */
import { CsvError, parse } from 'csv-parse/sync';
import type { RetryPolicy } from '../../shared/checkout/retryPolicy.ts';
import { type bulkOrderBody, ITEM_COLUMNS, type itemBody } from '../../shared/http/bulkResponse.ts';
import { type Answer, ask } from './ask.ts';
import { RefusedByService } from './refusals.ts';

export type BulkOrder = ReturnType<typeof bulkOrderBody>;
export type BulkOrderItem = ReturnType<typeof itemBody>;

export interface ServiceOptions {
  onTrouble: (why: string) => void;
  patience?: RetryPolicy | undefined;
}

export type BulkService = ReturnType<typeof bulkService>;

/** The service at a URL. Every call throws RefusedByService when the answer is no, Unreachable when there is none. */
export function bulkService({ url, token }: { url: string; token: string }, options: ServiceOptions) {
  const to = async (method: 'GET' | 'POST', path: string, body?: string, requestId?: string) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(requestId === undefined ? {} : { 'MS-RequestId': requestId }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    return accepted(await ask(`${url}/v1/bulkorders${path}`, init, options));
  };
  const order = async (...request: Parameters<typeof to>) => read<BulkOrder>(await to(...request), 'counts');
  const get = (id: string) => order('GET', `/${id}`);
  return {
    get,
    /** Submits a body; the same request id and body are the same bulk order. */
    submit: (body: string, requestId: string) => order('POST', '', body, requestId),
    /** The first items that failed. */
    async failed(id: string, most: number): Promise<BulkOrderItem[]> {
      const page = await to('GET', `/${id}/items?state=failed&size=${most}`);
      return read<{ items: BulkOrderItem[] }>(page, 'items').items;
    },
    /** A line of cells for every item, as the service writes them for a spreadsheet. */
    lines: async (id: string) => linesIn(await to('GET', `/${id}/items.csv`)),
    cancel: (id: string) => order('POST', `/${id}/cancel`),
    /** Does items of these states again. One that runs, maybe again since an answer was lost, is given as it is. */
    async retry(id: string, states: readonly string[]): Promise<BulkOrder> {
      try {
        return await order('POST', `/${id}/retry`, JSON.stringify({ states }));
      } catch (error) {
        if (error instanceof RefusedByService && error.status === 409) return get(id);
        throw error;
      }
    },
  };
}

function accepted(answer: Answer): Answer {
  const { status, text } = answer;
  if (status >= 200 && status < 300) return answer;
  const { code, description = 'It does not say why.', data } = parsed(text) as ApiError;
  const why = `The service refuses (${[status, code].filter(Boolean).join(', code ')}): ${description}`;
  const problems = (Array.isArray(data) ? data : []).slice(0, MOST_TOLD).map((problem) => {
    const { path, message } = Object(problem) as Partial<Problem>;
    return [path, message].filter(Boolean).join(': ');
  });
  throw new RefusedByService([why, ...problems.filter(Boolean)].join('\n  '), status);
}

const MOST_TOLD = 20;

interface Problem {
  path: string;
  message: string;
}

/** As the service says no; what stands in its stead may say anything. */
interface ApiError {
  code?: string;
  description?: string;
  data?: unknown;
}

/** The body as JSON with a member that tells whose it is: at a wrong URL anything may answer. */
function read<Body>({ status, text }: Answer, member: keyof Body & string): Body {
  const body = parsed(text) as Body;
  if (typeof body[member] === 'object' && body[member] !== null) return body;
  throw notThisService(status);
}

/** The lines under the line of names, which tells whose CSV it is. */
function linesIn({ status, text }: Answer): string[][] {
  try {
    const [names = [], ...lines] = parse(text) as string[][];
    if (names.join() === ITEM_COLUMNS.join()) return lines;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  throw notThisService(status);
}

const notThisService = (status: number) =>
  new RefusedByService('What answers there is not this service; is the URL right?', status);

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}
