/** The body of a bulk order, read as the route of `POST /v1/bulkorders` reads it. */
import { bulkQuery } from '../../shared/http/bulkHead.ts';
import { bulkBodyReader } from '../../shared/http/bulkRequest.ts';

/** The draft in a body of JSON, or the error that rejects it. */
export function readBulkBody(body: Buffer | string) {
  return bulkBodyReader.read({
    bytes: typeof body === 'string' ? Buffer.from(body) : body,
    contentType: 'application/json',
    query: bulkQuery.parse({}),
    queryText: '',
    caller: { tenant: 't', app: 'a', principal: 'p', kind: 'app', roles: [] },
    identity: { tenant: 't', app: 'a', requestId: 'r', hasClientRequestId: true, correlationId: 'c' },
  });
}
