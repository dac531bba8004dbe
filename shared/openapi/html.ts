/** HTML without a way to forget escaping: what is put into a template is text, unless it is HTML made here. */

export class Html {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

export type Content = string | number | Html | undefined | readonly Content[];

/** HTML from a template: text is escaped, lists are joined, `undefined` is nothing. */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(String.raw({ raw: parts }, ...contents.map(sourceOf)));
}

/** Paragraphs separated by blank lines, with code in backticks. */
export function prose(text: string | undefined): Content {
  return text?.split('\n\n').map((paragraph) => html`<p>${sentence(paragraph)}</p>`);
}

/** Text with code in backticks. */
export function sentence(text: string): Content {
  return text.split('`').map((part, n) => (n % 2 === 0 ? part : html`<code>${part}</code>`));
}

/** A value as indented JSON, its names set apart. */
export function json(value: unknown): Html {
  const lines = JSON.stringify(value, null, 2).split('\n');
  const marked = lines.map((line) => {
    const [, indent = '', name, rest = line] = /^(\s*)("[^"]*")(:.*)$/.exec(line) ?? [];
    return name === undefined ? html`${rest}\n` : html`${indent}<b>${name}</b>${rest}\n`;
  });
  return html`<pre><code>${marked}</code></pre>`;
}

function sourceOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.source;
  if (typeof content === 'object') return content.map(sourceOf).join('');
  return String(content).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
