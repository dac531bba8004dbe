/** The reference page: whole, self-contained, and safe whatever stands in the document. */
import { describe, expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { ERRORS } from '../../shared/errors.ts';
import { html, json, sentence } from '../../shared/openapi/html.ts';
import { openReference } from '../../shared/openapi/reference.ts';
import { SCHEMAS } from '../../shared/openapi/schemas.ts';

const { page } = openReference(routes);
const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);

describe('the page', () => {
  it('has an anchor for every operation, error and schema, each once', () => {
    const wanted = [
      ...routes.map(({ name }) => name),
      ...Object.keys(ERRORS).map((error) => `error-${error}`),
      ...Object.keys(SCHEMAS).map((schema) => `schema-${schema}`),
    ];

    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
  });

  it('has no link that leads nowhere', () => {
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);

    expect(targets.length).toBeGreaterThan(routes.length);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(
      /<(script|link|img|iframe|object|embed|base|form)\b|@import|url\(|\ssrc=|\son\w+=/i,
    );
    expect(page).not.toMatch(/href="(https?:)?\/\//);
  });

  it('opens and closes every element', () => {
    const open: string[] = [];
    for (const [, slash, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
      if (name === 'meta') continue;
      if (!slash) open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('shows no template value that was not there', () => {
    expect(page).not.toMatch(/undefined|\[object|NaN/);
  });
});

describe('text on the page', () => {
  it('is text, whatever it looks like', () => {
    expect(html`<p title="${'"'}">${'<b> & co'}</p>`.source).toBe(
      '<p title="&#34;">&#60;b&#62; &#38; co</p>',
    );
    expect(json({ '<a>': '</pre>' }).source).not.toMatch(/<a>|<\/pre>.*<\/pre>/s);
  });

  it('has code where backticks are', () => {
    expect(html`${sentence('Say `<id>` twice.')}`.source).toBe('Say <code>&#60;id&#62;</code> twice.');
  });
});
