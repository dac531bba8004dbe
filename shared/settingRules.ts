/**
 * Combinations of settings that would break a guarantee, although each value is valid: they are rejected when the app
 * starts, each with the setting to change and the reason.
 */
import type { Settings } from './config.ts';
import { formatDuration } from './duration.ts';

/** The environment as set, without empty variables. */
export type Environment = Readonly<Partial<Record<string, string>>>;

/** A rule over two durations: `setting` must not be shorter than `than`. */
interface MinimumRule {
  setting: 'CART_RETENTION' | 'ORDER_RETENTION' | 'CHECKOUT_RETRY_CAP' | 'CHECKOUT_MAX_AGE';
  than:
    | 'BULK_LANE_LEASE'
    | 'CART_RETENTION'
    | 'CHECKOUT_MAX_AGE'
    | 'CHECKOUT_RETRY_BASE'
    | 'CHECKOUT_RETRY_CAP';
  because: string;
}

const MINIMUM_RULES: readonly MinimumRule[] = [
  {
    setting: 'CART_RETENTION',
    than: 'BULK_LANE_LEASE',
    because: 'a worker could lose the carts of a bulk order during its lease',
  },
  {
    setting: 'CART_RETENTION',
    than: 'CHECKOUT_MAX_AGE',
    because: 'a bulk order could return to an item whose cart has been purged',
  },
  {
    setting: 'ORDER_RETENTION',
    than: 'CART_RETENTION',
    because: 'a cart refers to its orders for as long as it is kept',
  },
  {
    setting: 'CHECKOUT_RETRY_CAP',
    than: 'CHECKOUT_RETRY_BASE',
    because: 'it is the upper bound of the delay between attempts',
  },
  {
    setting: 'CHECKOUT_MAX_AGE',
    than: 'CHECKOUT_RETRY_CAP',
    because: 'no attempt would follow the longest delay',
  },
];

/**
 * The most items in flight with the ledger gateway. Without a slow gateway they ask one customer's partition for about
 * 65 entities a second each, and a partition serves 2,000.
 */
const MAX_IN_FLIGHT_WITH_LEDGER = 64;

/** How long after its creation an order may be missing from Partner Center's list (docs/contract.md 21.4). */
const DOCUMENTED_LIST_DELAY_MS = 900_000;

/** An order that is looked up too early is not listed yet, and is placed again. */
function listDelayProblems({
  ORDER_GATEWAY,
  PARTNER_CENTER_URL,
  PARTNER_CENTER_LIST_DELAY,
}: Settings): string[] {
  const isReal = new URL(PARTNER_CENTER_URL).hostname.endsWith('.microsoft.com');
  if (ORDER_GATEWAY === 'ledger' || !isReal || PARTNER_CENTER_LIST_DELAY >= DOCUMENTED_LIST_DELAY_MS)
    return [];
  return [
    `PARTNER_CENTER_LIST_DELAY: must be at least ${formatDuration(DOCUMENTED_LIST_DELAY_MS)} with ${PARTNER_CENTER_URL}: an order that is not listed yet would be placed again`,
  ];
}

/** Problems of settings whose values are valid. */
export function combinationProblems(settings: Settings): string[] {
  const tooShort = MINIMUM_RULES.filter(({ setting, than }) => settings[setting] < settings[than]);
  const longest = settings.EXPIRY_NOTICES[0] ?? 0;
  const isLedger = settings.ORDER_GATEWAY === 'ledger';
  return [
    ...(isLedger && settings.BULK_IN_FLIGHT > MAX_IN_FLIGHT_WITH_LEDGER
      ? [
          `BULK_IN_FLIGHT: must be at most ${MAX_IN_FLIGHT_WITH_LEDGER} with ORDER_GATEWAY=ledger: storage would throttle a bulk order of one customer`,
        ]
      : []),
    ...tooShort.map(
      ({ setting, than, because }) =>
        `${setting}: must be at least ${than} (${formatDuration(settings[than])}), because ${because}`,
    ),
    ...listDelayProblems(settings),
    ...(settings.PASS_THROUGH && settings.ORDER_GATEWAY === 'ledger'
      ? [
          'PASS_THROUGH: must not be true with ORDER_GATEWAY=ledger, because there is no Partner Center to pass requests to',
        ]
      : []),
    ...(longest >= settings.CART_LIFETIME
      ? [
          `EXPIRY_NOTICES: must be shorter than CART_LIFETIME (${formatDuration(settings.CART_LIFETIME)}): a cart would expire before its notice`,
        ]
      : []),
  ];
}

/** Problems of settings that belong together: one of two is needed, or one needs another. */
export const dependencyProblems = (set: Environment): string[] => [
  ...eitherOf(set, 'CartStorage', 'CartStorage__tableServiceUri'),
  ...eitherOf(set, 'ServiceBusConnection', 'ServiceBusConnection__fullyQualifiedNamespace'),
  ...identityProblems(set),
];

const eitherOf = (set: Environment, name: string, other: string): string[] =>
  set[name] === undefined && set[other] === undefined ? [`${name}: is required, or ${other} instead`] : [];

/** An application has an id, a tenant, and a secret or a certificate; an id alone is that of a managed identity. */
function identityProblems(set: Environment): string[] {
  const { PARTNER_CENTER_CLIENT_SECRET: secret, PARTNER_CENTER_CERTIFICATE_PATH: certificate } = set;
  if (secret !== undefined && certificate !== undefined) {
    return ['PARTNER_CENTER_CERTIFICATE_PATH: must be absent when PARTNER_CENTER_CLIENT_SECRET is set'];
  }
  if (secret === undefined && certificate === undefined) {
    const problem =
      'PARTNER_CENTER_CLIENT_SECRET: is required with PARTNER_CENTER_TENANT, or PARTNER_CENTER_CERTIFICATE_PATH instead';
    return set.PARTNER_CENTER_TENANT === undefined ? [] : [problem];
  }
  const proof = secret === undefined ? 'PARTNER_CENTER_CERTIFICATE_PATH' : 'PARTNER_CENTER_CLIENT_SECRET';
  return ['PARTNER_CENTER_TENANT', 'PARTNER_CENTER_CLIENT_ID']
    .filter((name) => set[name] === undefined)
    .map((name) => `${name}: is required with ${proof}`);
}
