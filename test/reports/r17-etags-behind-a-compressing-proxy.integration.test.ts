/**
 * Report R17: compressing proxies change ETags (jetty.project#1416, mdn/content#4343), and `If-Match` with the suffix of a
 * proxy was 412 forever. ETags are compared without it.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCart, RESERVATION } from '../e2e/orders.ts';
import { type Service, sharedService } from '../e2e/running.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService('default');
});

/** What proxies turn `W/"tag"` into. */
const CHANGES: [string, (tag: string) => string][] = [
  ['adding a suffix inside the quotation marks, as Apache does', (tag) => `W/"${tag}-gzip"`],
  ['adding a suffix with two dashes, as Jetty does', (tag) => `W/"${tag}--gzip"`],
  ['adding the suffix of Brotli', (tag) => `W/"${tag}-br"`],
  ['adding a suffix outside the quotation marks', (tag) => `W/"${tag}"-gzip`],
  ['removing W/', (tag) => `"${tag}"`],
  ['repeating W/, as nginx does before a weak ETag', (tag) => `W/W/"${tag}"`],
];
const tagOf = (etag: string | null) => etag?.replace(/^W\/"|"$/g, '') ?? '';

describe('ETags behind a compressing proxy (jetty.project#1416, mdn/content#4343)', () => {
  it.each(CHANGES)(
    'A cart can be replaced, ordered and read behind a proxy that changes its ETag by %s',
    async (_, changed) => {
      const { path, created } = await createCart(service.call);
      const first = tagOf(created.headers.get('ETag'));
      const body = { lineItems: [{ ...RESERVATION, quantity: 9 }] };
      const put = (tag: string) =>
        service.call('PUT', path, {
          body,
          headers: { 'If-Match': changed(tag), 'MS-RequestId': randomUUID() },
        });

      const replaced = await put(first);
      const second = tagOf(replaced.headers.get('ETag'));
      const late = await put(first);
      const unchanged = await fetch(`${service.url}${path}`, {
        headers: { Authorization: `Bearer ${await service.token()}`, 'If-None-Match': changed(second) },
      });
      const stale = await service.call('POST', `${path}/checkout`, {
        headers: { 'If-Match': changed(first) },
      });
      const ordered = await service.call('POST', `${path}/checkout`, {
        headers: { 'If-Match': changed(second) },
      });

      expect({
        replaced: replaced.status,
        late: late.status,
        unchanged: unchanged.status,
        stale: stale.status,
        ordered: ordered.status,
      }).toEqual({ replaced: 201, late: 412, unchanged: 304, stale: 412, ordered: 201 });
    },
  );
});
