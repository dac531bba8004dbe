/**
 * Every setting, once: its name, default and meaning. Read from the environment when the app starts; a
 * missing or bad value ends the start with the setting's name. Nothing else reads the environment.
 */
import * as z from 'zod';
import { formatDuration, parseDuration } from './duration.ts';

/** An ISO 8601 duration of `minMs` to `maxMs` milliseconds, read as milliseconds. */
const duration = (
  standard: string,
  meaning: string,
  { minMs = 1, maxMs = Number.POSITIVE_INFINITY }: { minMs?: number; maxMs?: number } = {},
) =>
  z
    .string()
    .default(standard)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
      const least = minMs > 1 ? `, at least ${formatDuration(minMs)}` : '';
      const most = maxMs === Number.POSITIVE_INFINITY ? '' : `, at most ${formatDuration(maxMs)}`;
      context.issues.push({
        code: 'custom',
        input: text,
        message: `should be an ISO 8601 duration such as ${most ? standard : 'PT2M'}${least}${most}`,
      });
      return z.NEVER;
    })
    .describe(meaning);

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
const filledList = list.refine((parts) => parts.length > 0, 'should name at least one');

const limit = z.coerce.number().int().min(0).max(1_000_000);

/** Numbers by partner tenant, `guid=600,guid=0`; the GUIDs in lower case. */
const tenantLimits = list.transform((parts, context) => {
  const entries = parts.map((part): [string, number] => {
    const [, tenant = '', number = ''] =
      /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})=(.+)$/.exec(part.toLowerCase()) ?? [];
    const parsed = limit.safeParse(number);
    if (tenant && parsed.success) return [tenant, parsed.data];
    context.issues.push({ code: 'custom', input: part, message: `${part} is not a tenant and its limit` });
    return [part, 0];
  });
  return new Map(entries);
});

const durations = list.transform((parts, context) =>
  parts
    .map((part) => {
      const ms = parseDuration(part);
      if (ms === undefined) {
        context.issues.push({ code: 'custom', input: part, message: `${part} is not an ISO 8601 duration` });
      }
      return ms ?? 0;
    })
    .sort((a, b) => b - a),
);

/** The settings, in the order in which the README prints them. */
export const settings = z.object({
  CART_LIFETIME: duration('P7D', 'How long a cart lives from its creation.'),
  EXPIRY_NOTICES: durations
    .prefault('PT24H,PT1H')
    .describe('How long before expiry `cart.expiring` is sent, separated by commas; empty for no notice.'),
  CART_RETENTION: duration('P30D', 'How long a cart is kept after its expiry or order.'),
  ORDER_RETENTION: duration(
    'P2557D',
    'How long an order is kept after it was placed, not below `CART_RETENTION`; the default is seven years.',
    { maxMs: 36_525 * 86_400_000 }, // the due index holds four-digit years
  ),
  SWEEP_SCHEDULE: z
    .string()
    .regex(/^\S+( \S+){5}$/, 'should be an NCRONTAB expression of six fields')
    .default('0 * * * * *')
    .describe('When the sweep runs, in NCRONTAB (UTC).'),
  CHECKOUT_WAIT: duration(
    'PT25S',
    'How long a checkout request waits for the outcome before it answers 409.',
    { minMs: 0, maxMs: 200_000 }, // the front end of the host ends a request after 230 seconds
  ),
  CHECKOUT_RETRY_BASE: duration(
    'PT2S',
    'Delay before the second attempt; each further one is twice as long.',
  ),
  CHECKOUT_RETRY_CAP: duration(
    'PT15M',
    'The longest delay between two attempts, unless the gateway asks for more.',
  ),
  CHECKOUT_MAX_ATTEMPTS: z.coerce.number().int().min(1).max(1_000).default(12).describe('Attempts in all.'),
  CHECKOUT_MAX_AGE: duration('PT24H', 'No attempt begins later than this after the first.'),
  CHECKOUT_WATCHDOG: duration('PT2M', 'When the sweep looks after an attempt that has not ended.'),
  BULK_IN_FLIGHT: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(32)
    .describe('How many items of a bulk order run at a time at the most, over all instances.'),
  BULK_LANE_LEASE: duration(
    'PT1M',
    'How long after its last sign of life a worker has a lane of a bulk order to itself.',
    { minMs: 5_000, maxMs: 600_000 },
  ),
  BULK_QUEUE_TENANTS: list
    .prefault('')
    .describe(
      'Partner tenants for which order desks may put items on the queue `bulk-orders`, separated by commas; `*` for any that may send there, empty for none.',
    ),
  ORDER_GATEWAY: z
    .enum(['ledger', 'partnerCenter'])
    .default('ledger')
    .describe('Who makes orders: the service itself, or Partner Center.'),
  PARTNER_CENTER_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.partnercenter.microsoft.com')
    .describe(
      'Where the `partnerCenter` gateway sends orders: what comes before `/v1/customers/…`, with a path if there is one.',
    ),
  PARTNER_CENTER_SCOPE: z
    .string()
    .default('https://api.partnercenter.microsoft.com/.default')
    .describe('The scope of its token, which `@azure/identity` gets.'),
  PARTNER_CENTER_TENANT: z
    .string()
    .optional()
    .describe('The tenant of the application that orders, if it has a secret or a certificate.'),
  PARTNER_CENTER_CLIENT_ID: z
    .string()
    .optional()
    .describe(
      'The client id of that application, or of a user-assigned managed identity; without one the identity is the one that reaches storage.',
    ),
  PARTNER_CENTER_CLIENT_SECRET: z
    .string()
    .optional()
    .describe('The secret of the application; or instead of it:'),
  PARTNER_CENTER_CERTIFICATE_PATH: z
    .string()
    .optional()
    .describe('Its certificate with the private key in PEM, a path relative to the app folder.'),
  PARTNER_CENTER_TIMEOUT: duration('PT30S', 'How long it waits for an answer.', { maxMs: 90_000 }),
  PARTNER_CENTER_LIST_DELAY: duration(
    'PT20M',
    'How long after a call without a clear answer its order may be missing from the list of orders: Partner Center says a quarter of an hour, and clocks may be five minutes apart. An order that is missing is not made again before.',
    { minMs: 0 },
  ),
  PARTNER_CENTER_RATE_LIMIT: limit
    .refine((perMinute) => perMinute !== 1, 'should be 0, or at least 2: a look-up and an order')
    .default(500)
    .describe(
      'Requests a minute that it sends for a partner tenant, counted by every instance for itself; 0 for no limit.',
    ),
  DEFAULT_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'should be an ISO 4217 code')
    .default('USD')
    .describe('The currency of a line item that names none.'),
  DEFAULT_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'should be an ISO 3166 code')
    .default('US')
    .describe(
      'The market: which currencies of the catalogue hold, and what the product links of orders name.',
    ),
  CATALOG_FILE: z
    .string()
    .optional()
    .describe(
      'The catalogue, a path relative to the app folder; without one every well-formed catalogue item is for sale.',
    ),
  INDIRECT_PROVIDER: z
    .stringbool({ truthy: ['true'], falsy: ['false'], error: 'should be true or false' })
    .prefault('true')
    .describe('Whether the partner is an indirect provider, who may name resellers as participants.'),
  AUTH_JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .describe(
      'Where the public keys of the token issuer are, such as `https://login.microsoftonline.com/common/discovery/keys`.',
    ),
  AUTH_ISSUERS: filledList.describe(
    'Accepted issuers, separated by commas; `{tid}` stands for the tenant of the token, such as `https://sts.windows.net/{tid}/`.',
  ),
  AUTH_AUDIENCES: filledList.describe(
    'Accepted audiences, such as `https://api.partnercenter.microsoft.com`.',
  ),
  AUTH_TENANTS: filledList.describe('Partner tenants that are served, or `*` for every one.'),
  AUTH_CLOCK_SKEW: duration('PT1M', 'How far the clock of the issuer may be off.', { minMs: 0 }),
  AUTH_READ_ROLES: filledList
    .prefault('*')
    .describe(
      'Roles of which a user needs one to read, each the value of a `roles`, `wids` or `groups` claim; `*` for everybody. The roles for writing may read as well; an application needs none.',
    ),
  AUTH_WRITE_ROLES: filledList
    .prefault('*')
    .describe('The same for what changes a cart or makes an order, such as `AdminAgent,SalesAgent`.'),
  RATE_LIMIT: limit
    .default(0)
    .describe(
      'Requests a minute that a partner tenant may send, counted by every instance for itself; 0 for no limit.',
    ),
  RATE_LIMIT_TENANTS: tenantLimits
    .optional()
    .describe('Other limits for single tenants, such as `5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11=600`.'),
  CartStorage: z.string().optional().describe('Connection string of the storage account; or instead of it:'),
  CartStorage__tableServiceUri: z
    .url()
    .optional()
    .describe('URI of its table service, reached by managed identity.'),
  ServiceBusConnection: z
    .string()
    .optional()
    .describe('Connection string of the Service Bus namespace; or instead of it:'),
  ServiceBusConnection__fullyQualifiedNamespace: z
    .string()
    .optional()
    .describe('Name of the namespace, reached by managed identity.'),
});

export type Settings = z.output<typeof settings>;

/** Reads the settings; throws an error that names each bad or missing one. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const set = withoutBlanks(environment);
  const parsed = settings.safeParse(set);
  const wrong = (parsed.error?.issues ?? []).map(({ path, message }) => {
    const name = path.join('.');
    return `${name}: ${set[name] === undefined ? 'is not set' : message}`;
  });
  const problems = [
    ...wrong,
    ...missingConnections(set),
    ...wrongIdentity(set),
    ...(parsed.data ? shortRetention(parsed.data) : []),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new Error(`The settings are not right.\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
  return parsed.data;
}

/** The settings of this process. */
export const readEnvironment = (): Settings => readSettings(process.env);

/** A setting that is there but blank is a setting that is not there, except where a blank means something. */
function withoutBlanks(environment: Record<string, string | undefined>) {
  return Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => value !== '' || name === 'EXPIRY_NOTICES'),
  );
}

/** A cart refers to its orders for as long as it is kept. */
function shortRetention({ ORDER_RETENTION, CART_RETENTION }: Settings): string[] {
  return ORDER_RETENTION < CART_RETENTION
    ? [`ORDER_RETENTION: must be at least CART_RETENTION, ${formatDuration(CART_RETENTION)}`]
    : [];
}

function missingConnections(set: Partial<Record<keyof Settings, string>>): string[] {
  const either = (name: keyof Settings, other: keyof Settings) =>
    set[name] === undefined && set[other] === undefined ? [`${name}: is not set, nor is ${other}`] : [];
  return [
    ...either('CartStorage', 'CartStorage__tableServiceUri'),
    ...either('ServiceBusConnection', 'ServiceBusConnection__fullyQualifiedNamespace'),
  ];
}

/** An application has an id, a tenant, and a secret or a certificate; an id alone is a managed identity's. */
function wrongIdentity(set: Partial<Record<keyof Settings, string>>): string[] {
  const { PARTNER_CENTER_CLIENT_SECRET: secret, PARTNER_CENTER_CERTIFICATE_PATH: certificate } = set;
  if (secret !== undefined && certificate !== undefined) {
    return ['PARTNER_CENTER_CERTIFICATE_PATH: is set, and so is PARTNER_CENTER_CLIENT_SECRET'];
  }
  if (secret === undefined && certificate === undefined) {
    return set.PARTNER_CENTER_TENANT === undefined
      ? []
      : [
          'PARTNER_CENTER_CLIENT_SECRET: is not set, nor is PARTNER_CENTER_CERTIFICATE_PATH, but PARTNER_CENTER_TENANT is',
        ];
  }
  const proof = secret === undefined ? 'PARTNER_CENTER_CERTIFICATE_PATH' : 'PARTNER_CENTER_CLIENT_SECRET';
  return (['PARTNER_CENTER_TENANT', 'PARTNER_CENTER_CLIENT_ID'] as const)
    .filter((name) => set[name] === undefined)
    .map((name) => `${name}: is not set, but ${proof} is`);
}
