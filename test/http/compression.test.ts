import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptsGzip, compressed, WORTH_BYTES } from '../../shared/http/compression.ts';

describe('Accept-Encoding', () => {
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
  ])('The Accept-Encoding %s requests gzip', (header) => {
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
  ])('The Accept-Encoding %s does not request gzip', (header) => {
    expect(acceptsGzip(header)).toBe(false);
  });
});

describe('Compression of responses', () => {
  const long = 'ä'.repeat(WORTH_BYTES);

  it('A response is compressed for clients that accept it, and Vary informs caches', async () => {
    const { body, headers } = await compressed(long, 'gzip');

    expect(gunzipSync(body as Uint8Array).toString()).toBe(long);
    expect(headers).toEqual({ Vary: 'Accept-Encoding', 'Content-Encoding': 'gzip' });
  });

  it('A response is not compressed for other clients, and Vary informs caches', async () => {
    expect(await compressed(long, null)).toEqual({ body: long, headers: { Vary: 'Accept-Encoding' } });
  });

  it('A response of up to 1 KiB, counted in bytes, is not compressed', async () => {
    const fits = 'ä'.repeat(WORTH_BYTES / 2);

    expect(await compressed(fits, 'gzip')).toEqual({ body: fits, headers: {} });
    expect((await compressed(`${fits}.`, 'gzip')).headers).toHaveProperty('Content-Encoding');
  });
});
