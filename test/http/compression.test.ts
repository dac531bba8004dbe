import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptsGzip, compressed, WORTH_BYTES } from '../../shared/http/compression.ts';

describe('gzip is asked for', () => {
  it.each([
    'gzip',
    'x-gzip',
    'GZIP',
    'gzip, deflate, br',
    'br;q=1.0, gzip;q=0.8',
    'gzip;q=0.001',
    'gzip ; q=1.000',
    '*',
    'br, *;q=0.5',
    'identity;q=0.5, gzip',
  ])('by %s', (header) => {
    expect(acceptsGzip(header)).toBe(true);
  });

  it.each([
    null,
    '',
    'identity',
    'br, deflate',
    'gzip;q=0',
    'gzip;q=0.0',
    'gzip;q=0.000, br',
    '*;q=0',
    'gzip;q=0, *',
    'identity, gzip;q=0.5',
    'gzip;q=yes',
    'gzip;q=-1',
    'gzipped',
  ])('not by %s', (header) => {
    expect(acceptsGzip(header)).toBe(false);
  });
});

describe('an answer', () => {
  const long = 'ä'.repeat(WORTH_BYTES);

  it('A response is compressed for clients that accept it, and Vary informs caches', async () => {
    const { body, headers } = await compressed(long, 'gzip');

    expect(gunzipSync(body as Uint8Array).toString()).toBe(long);
    expect(headers).toEqual({ Vary: 'Accept-Encoding', 'Content-Encoding': 'gzip' });
  });

  it('A response is not compressed for other clients, and Vary informs caches', async () => {
    expect(await compressed(long, null)).toEqual({ body: long, headers: { Vary: 'Accept-Encoding' } });
  });

  it('stays as it is up to 1 KiB, counted in bytes', async () => {
    const fits = 'ä'.repeat(WORTH_BYTES / 2);

    expect(await compressed(fits, 'gzip')).toEqual({ body: fits, headers: {} });
    expect((await compressed(`${fits}.`, 'gzip')).headers).toHaveProperty('Content-Encoding');
  });
});
