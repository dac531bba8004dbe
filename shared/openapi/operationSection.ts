/** One operation on the page: what it takes, what it answers, how it fails, and an example to paste. */
import type { Described, OpenApiDocument, Parameter, Ref, Response } from './document.ts';
import { type Content, html, json, prose, sentence } from './html.ts';
import { row, typeOf } from './schemaSection.ts';

/** The section of an operation, with its name as the anchor. */
export function operationSection({ path, method, operation }: Described, document: OpenApiDocument): Content {
  const parameters = operation.parameters.map((one) => resolved(one, document));
  const body = operation.requestBody?.content['application/json'];
  const responses = Object.entries(operation.responses);
  const isFault = ([status]: [string, Response]) => Number(status) >= 400;
  return html`<section id="${operation.operationId}">
<h3><a href="#${operation.operationId}">${operation.summary}</a></h3>
<p class="path"><span class="method ${method}">${method}</span><code>${path}</code></p>
${prose(operation.description)}
<h4>Parameters</h4>
<dl>${parameters.map(({ name, in: where, description }) => row(name, where, sentence(description)))}</dl>
${body && html`<h4>Body</h4><p>${typeOf(body.schema)}</p>`}
<details><summary>Example request</summary><pre><code>${curl({ path, method, operation }, parameters)}</code></pre></details>
<h4>Answers</h4>
${responses.filter((one) => !isFault(one)).map(([status, response]) => answer(status, response))}
<h4>Errors</h4>
${errors(responses.filter(isFault), document)}
</section>
`;
}

function resolved(parameter: Parameter | Ref, { components }: OpenApiDocument): Parameter {
  if (!('$ref' in parameter)) return parameter;
  const found = components.parameters[parameter.$ref.split('/').at(-1) ?? ''];
  if (!found) throw new Error(`There is no ${parameter.$ref}.`);
  return found;
}

function answer(status: string, { description, headers = {}, content = {} }: Response): Content {
  const own = Object.keys(headers).filter((name) => !name.startsWith('MS-'));
  const [[media, body] = []] = Object.entries(content);
  return html`<div class="answer"><p><span class="status">${status}</span> ${sentence(description)}
${body && [typeOf(body.schema), media === 'application/json' ? '' : ` (${media})`]}
${own.length > 0 ? html`<span class="note">with ${own.join(', ')}</span>` : ''}</p>
${body?.example === undefined ? '' : html`<details><summary>Example answer</summary>${json(body.example)}</details>`}</div>`;
}

/** Every error on a line of its own, under the statuses: what is common is told once, in the table of errors. */
function errors(responses: [string, Response][], document: OpenApiDocument): Content {
  const statuses = responses.map(([status]) => html` <span class="status">${status}</span>`);
  const names = responses.flatMap(([, { content }]) =>
    Object.keys(content?.['application/json']?.examples ?? {}),
  );
  const lines = names.map((name) => {
    const entry = document['x-errors'][name];
    return (
      entry && row(html`<a href="#error-${name}">${entry.code}</a>`, `${entry.status}`, sentence(entry.when))
    );
  });
  return html`<details><summary>${statuses}</summary><dl>${lines}</dl></details>`;
}

/** A request to paste into a shell that has `BASE` and `TOKEN`. */
function curl({ path, method, operation }: Described, parameters: readonly Parameter[]): string {
  const url = parameters.reduce(
    (text, { name, example }) => text.replace(`{${name}}`, String(example)),
    path,
  );
  const body = operation.requestBody?.content['application/json']?.example;
  const verb = method === 'get' ? '' : `-X ${method.toUpperCase()} `;
  return [
    `curl -sS ${verb}"$BASE${url}"`,
    ...(operation.security.length > 0 ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(body === undefined
      ? lengthOf(method)
      : [
          "-H 'Content-Type: application/json'",
          `-d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`,
        ]),
  ].join(' \\\n  ');
}

/** Without a body curl says no length, and front ends may refuse a POST without one with 411. */
const lengthOf = (method: string): string[] => (method === 'post' ? ["-d ''"] : []);
