/**
 * The page at `/docs`: Swagger UI with this service's OpenAPI document, a form to try each route, and the bearer token.
 * It loads nothing from another host. Its files are part of the build (`scripts/viewer.ts`) and are loaded when the
 * page is first requested.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { brotliDecompressSync } from 'node:zlib';

/** Files of the viewer. */
export const VIEWER_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css'] as const;
export type ViewerFiles = Record<(typeof VIEWER_FILES)[number], string>;

/** Name of the module next to the bundle: the files as JSON, compressed with Brotli, in base64. */
export const VIEWER_MODULE = 'swagger-ui.js';

/** What the page is made of. */
export interface Viewer {
  page: string;
  script: string;
  style: string;
}

/**
 * Only the page's own files and requests to this service: no inline script or style, no other host. Swagger UI draws
 * its icons from `data:` images.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The viewer, with its files from the build, or from the installed package when the sources run. */
export async function openViewer(): Promise<Viewer> {
  const files = (await fromBuild()) ?? (await fromPackage());
  return {
    page: PAGE,
    script: `${files['swagger-ui-bundle.js']}\n${START}`,
    style: `${files['swagger-ui.css']}\n${STYLE}`,
  };
}

async function fromBuild(): Promise<ViewerFiles | undefined> {
  const url = new URL(VIEWER_MODULE, import.meta.url).href;
  try {
    const { default: packed } = (await import(url)) as { default: string };
    return JSON.parse(brotliDecompressSync(Buffer.from(packed, 'base64')).toString()) as ViewerFiles;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The files in the package `swagger-ui-dist`, which is installed for development only. */
export async function fromPackage(): Promise<ViewerFiles> {
  const { resolve } = createRequire(import.meta.url);
  const texts = VIEWER_FILES.map(async (name) => {
    const text = await readFile(resolve(`swagger-ui-dist/${name}`), 'utf8');
    return [name, text.replace(/\n\/[/*]# sourceMappingURL=.*/, '')] as const;
  });
  return Object.fromEntries(await Promise.all(texts)) as ViewerFiles;
}

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cartwright API reference</title>
<link rel="stylesheet" href="docs/viewer.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript. The same description as OpenAPI 3.1: <a href="openapi.json">openapi.json</a></noscript>
<script src="docs/viewer.js"></script>
</body>
</html>
`;

const START = `
const isDark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', isDark.matches);
isDark.addEventListener('change', followScheme);
followScheme();
SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const STYLE = `
body { margin: 0; background: #fff; }
html.dark-mode body { background: #1c2022; }
.swagger-ui .wrapper { max-width: 1200px; }
.swagger-ui .info { margin: 24px 0; }
.swagger-ui .scheme-container { padding: 16px 0; box-shadow: none; }
.swagger-ui .opblock .opblock-summary-path { overflow-wrap: anywhere; }
`;
