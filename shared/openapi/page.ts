/**
 * The reference as a page for people, made from the OpenAPI document and nothing else. It promises to work
 * without a script, without the internet, in light and in dark, on a desk and on a phone.
 */
import type { Described, OpenApiDocument } from './document.ts';
import { type Content, html, prose, sentence } from './html.ts';
import { operationSection } from './operationSection.ts';
import { schemaSection } from './schemaSection.ts';
import { STYLE } from './style.ts';

/** The whole page as text. */
export function referencePage(document: OpenApiDocument): string {
  const { info, components } = document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Described => ({ path, method, operation })),
  );
  const tagged = document.tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const schemas = Object.entries(components.schemas);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title} reference</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Contents">
<a class="title" href="#top">${info.title} <small>${info.version}</small></a>
${tagged.map(({ name, operations: of }) => html`<h2><a href="#${name}">${name}</a></h2><ul>${of.map(entry)}</ul>`)}
<h2><a href="#errors">Errors</a></h2>
<h2><a href="#schemas">Schemas</a></h2>
<ul>${schemas.map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}</ul>
</nav>
<main id="top">
<header>
<h1>${info.title}</h1>
<p class="summary">${info.summary}</p>
${prose(info.description)}
${prose(components.securitySchemes.bearer?.description)}
<p>The examples want <code>BASE</code>, where this page is, and <code>TOKEN</code>. The same for machines: <a href="/openapi.json">openapi.json</a>.</p>
</header>
${tagged.map(({ name, description, operations: of }) => [
  html`<section class="tag" id="${name}"><h2>${name}</h2>${prose(description)}</section>`,
  of.map((one) => operationSection(one, document)),
])}
<section class="tag" id="errors"><h2>Errors</h2>
<p>${sentence('The `code` says what went wrong; the status is one that the SDKs treat well.')} <a href="#schema-Error">Error</a> is their shape.</p>
${errorTable(document)}</section>
<section class="tag" id="schemas"><h2>Schemas</h2></section>
${schemas.map(([name, schema]) => schemaSection(name, schema))}
</main>
</body>
</html>
`;
  return page.source;
}

function entry({ method, operation }: Described): Content {
  return html`<li><a href="#${operation.operationId}"><span class="method ${method}">${method}</span>${operation.summary}</a></li>`;
}

function errorTable(document: OpenApiDocument): Content {
  const rows = Object.entries(document['x-errors']).map(
    ([name, { status, code, when, retryable }]) =>
      html`<tr id="error-${name}"><td>${status}</td><td><code>${code}</code></td><td>${sentence(when)}</td><td>${retryable ? 'yes' : 'no'}</td></tr>`,
  );
  return html`<table><thead><tr><th>status</th><th>code</th><th>when</th><th>can a repeat help?</th></tr></thead><tbody>${rows}</tbody></table>`;
}
