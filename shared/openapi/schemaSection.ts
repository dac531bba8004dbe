/** One schema on the page: what it is, and every member with its type and meaning. */
import type { JsonSchema } from './document.ts';
import { type Content, html, prose, sentence } from './html.ts';

/** The section of a schema, with `schema-` and its name as the anchor. */
export function schemaSection(name: string, schema: JsonSchema): Content {
  return html`<section id="schema-${name}">
<h3><a href="#schema-${name}">${name}</a></h3>
${prose(schema.description)}
${members(schema)}
</section>
`;
}

/** A name, what it is, and what it means. */
export function row(name: Content, kind: Content, meaning: Content, more?: Content): Content {
  return html`<dt>${name}<small>${kind}</small></dt><dd>${meaning}${more}</dd>`;
}

function members({ properties, required = [] }: JsonSchema): Content {
  if (!properties) return undefined;
  const rows = Object.entries(properties).map(([name, member]) => {
    const kind = [typeOf(member), required.includes(name) ? '' : html`<span class="note">, optional</span>`];
    return row(name, kind, sentence(member.description ?? ''), [choices(member), inner(member)]);
  });
  return html`<dl>${rows}</dl>`;
}

/** Members of an object that has no name of its own. */
function inner(schema: JsonSchema): Content {
  return members(schema) ?? (schema.items ? inner(schema.items) : schema.anyOf?.map(inner));
}

function choices({ enum: values }: JsonSchema): Content {
  if (!values || values.length < 2) return undefined;
  return html` One of ${values.map((value, n) => [n > 0 ? ', ' : '', html`<code>${String(value)}</code>`])}.`;
}

/** The type of a value in words, with a link to the schema that has a name. */
export function typeOf(schema: JsonSchema): Content {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.items) return ['list of ', typeOf(schema.items)];
  if (schema.anyOf) return schema.anyOf.map((branch, n) => [n > 0 ? ' or ' : '', typeOf(branch)]);
  if (schema.type === 'object' && !schema.properties) return 'dictionary';
  return schema.format ?? schema.type;
}
