/** The pages of docs/ that are generated from code: settings, errors and routes. A test checks that they are current. */
import * as z from 'zod';
import { routes } from '../../functions/http/routes.ts';
import { settings } from '../../shared/config.ts';
import { ERRORS, type ErrorName } from '../../shared/errors.ts';
import { canonicalPath } from '../../shared/http/route.ts';
import { errorsOf } from '../../shared/openapi/openapi.ts';

const GENERATED = 'Generated from the code by `npm run docs`; do not edit.';

/** Each page by its file name in docs/. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'settings.md': settingsPage,
  'errors.md': errorsPage,
  'routes.md': routesPage,
};

function settingsPage(): string {
  const { properties = {} } = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(properties).map(([name, schema]) => {
    const { description = '', default: value } = schema as { description?: string; default?: unknown };
    const isRequired = name.startsWith('AUTH_') && value === undefined;
    return [
      code(name),
      value === undefined || value === '' ? (isRequired ? 'required' : '') : code(String(value)),
      description,
    ];
  });
  return page(
    'Settings',
    [
      'Environment variables, read when the app starts. Durations are ISO 8601, such as `P7D` or `PT2M`. An empty variable is treated as absent.',
      'An invalid value, a missing setting, or a combination that would break a guarantee (for example `CART_RETENTION` below `CHECKOUT_MAX_AGE`, or a notice longer than `CART_LIFETIME`) fails the start with the setting and the reason.',
    ],
    table(['setting', 'default', 'meaning'], rows),
  );
}

function errorsPage(): string {
  const rows = Object.values(ERRORS).map(({ status, code: number, when, retryable }) => [
    String(status),
    code(number),
    when,
    retryable ? 'yes' : 'no',
  ]);
  return page(
    'Errors',
    [
      'Every error has the body `{code, description, data, source}`. *Retryable* means that the request can succeed later, unchanged but for the `MS-RequestId` where the condition says so. A rejection by the ordering gateway keeps the gateway’s own code.',
    ],
    [table(['status', 'code', 'condition', 'retryable'], rows), ...conflicts()].join('\n\n'),
  );
}

type Conflict = {
  [Name in ErrorName]: (typeof ERRORS)[Name]['status'] extends 409 ? Name : never;
}[ErrorName];

const WRITE_RACE =
  'Another request is writing the same thing. Wait for `Retry-After`, then repeat the request with the same `MS-RequestId`.';

/** What a caller does about each 409; a new one does not compile without its sentence. */
const AFTER_CONFLICT: Readonly<Record<Conflict, string>> = {
  orderFailed:
    'The description, and `GET …/checkout`, say why. Check the cart out, or place the order, again with another `MS-RequestId`: a repeat with the same one returns this error. An order that may exist (`It is not known whether the order was made.`) is looked up before it is placed again.',
  checkoutInProgress:
    'Nothing is wrong. Wait for `Retry-After`, then repeat the request, which joins the checkout; or follow it with `GET …/checkout`.',
  cartBusy:
    'With `Retry-After`: the cart is in checkout or being changed; wait, then repeat the request. Without it: the request was carried out before, and the cart has been replaced since; read the cart.',
  orderBusy: WRITE_RACE,
  bulkOrderRunning: 'Wait until `state` of the bulk order is `completed`, `cancelled` or `stopped`.',
  bulkOrderBusy: WRITE_RACE,
  webhookExists: 'Replace the registration with PUT.',
  webhookDisabled: 'Enable the webhook by a PUT of its registration, then repeat the request.',
  webhookBusy: WRITE_RACE,
  erasureBusy: WRITE_RACE,
};

function conflicts(): string[] {
  const rows = Object.entries(AFTER_CONFLICT).map(([name, after]) => [
    code(ERRORS[name as Conflict].code),
    after,
  ]);
  return [
    '## What to do about a 409',
    'A 409 with a code that is not in this table is Partner Center’s rejection of the order: correct what its description names.',
    table(['code', 'what to do'], rows),
  ];
}

function routesPage(): string {
  const rows = routes.map((route) => [
    code(`${route.method} /${canonicalPath(route)}`),
    route.docs.summary,
    route.access === 'open' ? 'no token' : route.access,
    [...new Set(errorsOf(route).map((name) => ERRORS[name].code))]
      .sort((a, b) => Number(a) - Number(b))
      .join(', '),
  ]);
  return page(
    'Routes',
    [
      '`/docs` on the running service is the full reference with a form to try each route, and `/openapi.json` is the same as OpenAPI 3.1.',
    ],
    table(['route', 'what it does', 'access', 'error codes'], rows),
  );
}

const page = (title: string, paragraphs: readonly string[], content: string): string =>
  `${[`# ${title}`, `<!-- ${GENERATED} -->`, ...paragraphs, content].join('\n\n')}\n`;

const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
