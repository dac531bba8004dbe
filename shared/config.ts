/**
 * Every setting, once: its name, default and meaning. Read from the environment when the app starts; a missing or
 * invalid value fails the start with the setting's name. No other module reads the environment.
 */
import * as z from 'zod';
import { ncrontabProblem } from './ncrontab.ts';
import {
  duration,
  durations,
  filledList,
  limit,
  list,
  serviceUrl,
  tenantLimits,
  tenantList,
} from './settingFormats.ts';
import { combinationProblems, dependencyProblems, type Environment } from './settingRules.ts';
import { type FieldProblem, validate } from './validation.ts';
import { webhookSettings } from './webhookSettings.ts';

/** The settings, in the order of docs/settings.md. */
export const settings = z.object({
  CART_LIFETIME: duration('P7D', 'How long a cart lives from its creation.'),
  EXPIRY_NOTICES: durations
    .prefault('PT24H,PT1H')
    .describe(
      'How long before expiry `cart.expiring` is published, separated by commas, each shorter than `CART_LIFETIME`; `none` disables the event.',
    ),
  CART_RETENTION: duration('P30D', 'How long a cart is kept after its expiry or order.'),
  ORDER_RETENTION: duration(
    'P2557D',
    'How long an order is kept after it was placed, not below `CART_RETENTION`; the default is seven years.',
  ),
  SWEEP_SCHEDULE: z
    .string()
    .superRefine((text, context) => {
      const message = ncrontabProblem(text);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .default('0 * * * * *')
    .describe('When the sweeper runs, as an NCRONTAB expression of six fields (UTC).'),
  CHECKOUT_WAIT: duration(
    'PT25S',
    'How long a checkout request waits for the outcome before it returns 409.',
    { minMs: 0, maxMs: 200_000 }, // the front end of the host ends a request after 230 seconds
  ),
  CHECKOUT_RETRY_BASE: duration(
    'PT2S',
    'Delay before the second attempt; each further delay is twice as long.',
    { minMs: 100 },
  ),
  CHECKOUT_RETRY_CAP: duration(
    'PT15M',
    'Longest delay between two attempts, unless the gateway asks for more.',
  ),
  CHECKOUT_MAX_ATTEMPTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(12)
    .describe('Attempts of a checkout, the first included.'),
  CHECKOUT_MAX_AGE: duration('PT24H', 'No attempt starts later than this after the first.'),
  CHECKOUT_WATCHDOG: duration('PT2M', 'When the sweeper checks an attempt that has not ended.', {
    minMs: 500,
  }),
  BULK_IN_FLIGHT: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(32)
    .describe('Items of a bulk order that run at a time, over all instances.'),
  BULK_LANE_LEASE: duration('PT1M', 'How long a worker keeps a lane of a bulk order after its last write.', {
    minMs: 5_000,
    maxMs: 600_000,
  }),
  BULK_QUEUE_TENANTS: tenantList
    .prefault('')
    .describe(
      'Partner tenants for which items on the queue `bulk-orders` are accepted, separated by commas; `*` for all, absent for none.',
    ),
  ORDER_GATEWAY: z
    .enum(['ledger', 'partnerCenter'])
    .default('ledger')
    .describe(
      'Where orders are placed: `ledger` records them here, `partnerCenter` places them with Partner Center.',
    ),
  PARTNER_CENTER_URL: serviceUrl
    .refine((url) => !/\?|\/v1\/*$/i.test(url), 'must be a base URL, without /v1 and a query')
    .default('https://api.partnercenter.microsoft.com')
    .describe('Base URL of the `partnerCenter` gateway: everything before `/v1/customers/…`.'),
  PARTNER_CENTER_SCOPE: z
    .string()
    .default('https://api.partnercenter.microsoft.com/.default')
    .describe('Scope of the access token for Partner Center.'),
  PARTNER_CENTER_TENANT: z
    .string()
    .optional()
    .describe('Tenant of the application that places orders, if it has a secret or a certificate.'),
  PARTNER_CENTER_CLIENT_ID: z
    .string()
    .optional()
    .describe(
      'Client id of that application, or of a user-assigned managed identity; without it, the identity that also accesses storage.',
    ),
  PARTNER_CENTER_CLIENT_SECRET: z
    .string()
    .optional()
    .describe('Secret of the application; or instead of it:'),
  PARTNER_CENTER_CERTIFICATE_PATH: z
    .string()
    .optional()
    .describe('PEM file with its certificate and private key, a path relative to the app folder.'),
  PARTNER_CENTER_TIMEOUT: duration('PT30S', 'How long a request to Partner Center may take.', {
    minMs: 100,
    maxMs: 90_000,
  }),
  PARTNER_CENTER_LIST_DELAY: duration(
    'PT20M',
    'How long after an ambiguous outcome the order may be missing from the list of orders; it is not placed again before. Partner Center documents 15 minutes, and clocks may differ by 5.',
    { minMs: 0 },
  ),
  PARTNER_CENTER_RATE_LIMIT: limit
    .refine((perMinute) => perMinute !== 1, 'must be 0, or at least 2: a look-up and an order')
    .default(500)
    .describe(
      'Requests per minute and partner tenant sent to Partner Center, counted per instance; 0 for no limit.',
    ),
  PASS_THROUGH: z
    .stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' })
    .optional()
    .describe(
      'With `partnerCenter`: whether requests that Cartwright does not serve, and all requests about orders, go to `PARTNER_CENTER_URL` with the caller’s own token; `true` if absent. Must be absent or `false` with `ledger`.',
    ),
  ...webhookSettings,
  DEFAULT_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD')
    .default('USD')
    .describe('Currency of a line item without one.'),
  DEFAULT_COUNTRY: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code such as US')
    .default('US')
    .describe('Market: selects the currencies in the catalogue, and is part of the product links of orders.'),
  CATALOG_FILE: z
    .string()
    .optional()
    .describe(
      'Catalogue file, a path relative to the app folder; without it, every well-formed catalogue item id can be bought.',
    ),
  INDIRECT_PROVIDER: z
    .stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' })
    .prefault('true')
    .describe('Whether the partner is an indirect provider, which may name resellers as participants.'),
  AUTH_JWKS_URL: serviceUrl.describe(
    'URL of the public keys of the token issuer, such as `https://login.microsoftonline.com/common/discovery/keys`.',
  ),
  AUTH_ISSUERS: filledList.describe(
    'Accepted issuers, separated by commas; `{tid}` stands for the tenant of the token, such as `https://sts.windows.net/{tid}/`.',
  ),
  AUTH_AUDIENCES: filledList.describe(
    'Accepted audiences, such as `https://api.partnercenter.microsoft.com`.',
  ),
  AUTH_TENANTS: tenantList
    .refine((parts) => parts.length > 0, 'must name at least one')
    .describe('Partner tenants that are served, separated by commas; `*` for all.'),
  AUTH_CLOCK_SKEW: duration(
    'PT1M',
    'Tolerated difference between the clocks of the issuer and the service.',
    {
      minMs: 0,
      maxMs: 900_000,
    },
  ),
  AUTH_READ_ROLES: filledList
    .prefault('*')
    .describe(
      'Roles of which a user needs one to read, each a value of the claim `roles`, `wids` or `groups`; `*` for every user. Roles for writing may read as well. An application needs no role.',
    ),
  AUTH_WRITE_ROLES: filledList
    .prefault('*')
    .describe(
      'Roles of which a user needs one to change a cart or place an order, such as `AdminAgent,SalesAgent`.',
    ),
  AUTH_ERASE_ROLES: list
    .prefault('')
    .describe(
      'Roles of which a user or an application needs one to erase the data of a customer; `*` for every caller, absent for none.',
    ),
  ORDER_ERASURE: z
    .enum(['delete', 'pseudonymize', 'keep'])
    .default('pseudonymize')
    .describe(
      'What an erasure does to orders: delete them, keep amounts, products and dates under a pseudonym, or keep them unchanged.',
    ),
  ORDER_ERASURE_REASON: z
    .string()
    .min(1)
    .max(500)
    .default('Statutory retention of commercial records')
    .describe('Why an erasure keeps orders, for its receipt.'),
  RATE_LIMIT: limit
    .default(0)
    .describe('Requests per minute that a partner tenant may send, counted per instance; 0 for no limit.'),
  RATE_LIMIT_TENANTS: tenantLimits
    .optional()
    .describe('Limits of single tenants, such as `5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11=600`.'),
  CartStorage: z.string().optional().describe('Connection string of the storage account; or instead of it:'),
  CartStorage__tableServiceUri: z
    .url()
    .optional()
    .describe('URI of its table service, accessed by managed identity.'),
  ServiceBusConnection: z
    .string()
    .optional()
    .describe('Connection string of the Service Bus namespace; or instead of it:'),
  ServiceBusConnection__fullyQualifiedNamespace: z
    .string()
    .optional()
    .describe('Name of the namespace, accessed by managed identity.'),
  APPLICATIONINSIGHTS_CONNECTION_STRING: z
    .string()
    .optional()
    .describe('Connection string of the Application Insights component that traces and metrics are sent to.'),
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: z
    .string()
    .optional()
    .describe(
      'How telemetry is authorized: `Authorization=AAD` for a token of the managed identity, where the component accepts no other.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Base URL of an OpenTelemetry collector that traces and metrics are sent to, by OTLP over HTTP. Other `OTEL_` variables, such as `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_TRACES_SAMPLER`, have their standard meaning.',
    ),
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce
    .number()
    .int()
    .min(100)
    .max(3_600_000)
    .default(60_000)
    .describe('Milliseconds between two exports of the metrics.'),
});

export type Settings = z.output<typeof settings>;

/**
 * Reads the settings. Throws an error that names each invalid or missing setting, and each combination that would
 * break a guarantee.
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const set = withoutEmpty(environment);
  const parsed = validate(settings, set, { isOnce: true });
  const problems = 'problems' in parsed ? parsed.problems.map(problemLine) : [];
  problems.push(...dependencyProblems(set));
  if ('problems' in parsed || problems.length > 0) throw invalidConfiguration(problems);
  // Only notices that are set have to fit: the default is for the default lifetime.
  const { EXPIRY_NOTICES, CART_LIFETIME } = parsed.value;
  const notices = set.EXPIRY_NOTICES ? EXPIRY_NOTICES : EXPIRY_NOTICES.filter((ms) => ms < CART_LIFETIME);
  const read = { ...parsed.value, EXPIRY_NOTICES: notices };
  const conflicts = combinationProblems(read);
  if (conflicts.length > 0) throw invalidConfiguration(conflicts);
  return read;
}

/** The settings of this process. */
export const readEnvironment = (): Settings => readSettings(process.env);

const problemLine = ({ path, message }: FieldProblem): string => `${path}: ${message}`;

const invalidConfiguration = (problems: readonly string[]): Error =>
  new Error(`Invalid configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);

/** An empty variable is an absent one: it does not survive the specialization of a worker in Azure. */
const withoutEmpty = (environment: Record<string, string | undefined>): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '' && value !== undefined));
