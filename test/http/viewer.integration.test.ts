/** The page of the API reference: self-contained, under a strict policy, and part of the build. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { viewerModule } from '../../scripts/viewer.ts';
import { fromPackage, openViewer, PAGE_POLICY, VIEWER_MODULE } from '../../shared/openapi/viewer.ts';

const { page, script, style } = await openViewer();

it('The API reference loads only its own files, and has no inline script or style', () => {
  expect(
    [...page.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)].map(([, tag, code]) => ({ tag, code })),
  ).toEqual([{ tag: ' src="docs/viewer.js"', code: '' }]);
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|https?:|\/\//);
  expect(style).not.toMatch(/@import|url\(["']?(https?:|\/\/)/);
});

it('The content security policy of the API reference allows neither inline code nor other hosts', () => {
  expect(PAGE_POLICY).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
  expect(PAGE_POLICY).not.toMatch(/unsafe|https?:|\*/);
});

it('The API reference starts Swagger UI with the document of the service and sends nothing to other hosts', () => {
  expect(script).toContain("url: 'openapi.json'");
  expect(script).toContain('validatorUrl: null');
  expect(script).not.toContain('sourceMappingURL=');
  expect(script.length).toBeGreaterThan(1_000_000);
});

it('The API reference is one module of the build of the service, and not part of other builds', async () => {
  // The build that precedes every test wrote it.
  const file = join(import.meta.dirname, '../../dist', VIEWER_MODULE);
  const { default: packed } = await import(pathToFileURL(file).href);

  const files = JSON.parse(brotliDecompressSync(Buffer.from(packed, 'base64')).toString());
  expect(files).toEqual(await fromPackage());
  expect(await viewerModule({ inputs: {}, outputs: {} })).toEqual([]);
});
