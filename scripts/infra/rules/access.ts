/** Roles, keys and tags: nothing has a key, and each role is as narrow as its use. */
import type { Resource, Snapshot } from '../snapshot.ts';
import { appSettings, at, ofType, type Rule } from './rule.ts';

const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';

const ROLE_NAMES: Record<string, string> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39': 'Azure Service Bus Data Sender',
  '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0': 'Azure Service Bus Data Receiver',
  '090c5cfd-751d-490a-894a-3ce6f1109419': 'Azure Service Bus Data Owner',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
};

export interface Grant {
  /** `Storage Table Data Contributor`, or the id of the role where it is not a built-in one of this template. */
  role: string;
  /** The resource that the role holds for, without the unique part of its name. */
  scope: string;
  principal: string;
}

/** Every role that the template assigns. */
export function grants(snapshot: Snapshot): Grant[] {
  return ofType(snapshot, ASSIGNMENT).map((assignment) => {
    const roleId = String(at(assignment, 'properties.roleDefinitionId')).split('/').at(-1) ?? '';
    return {
      role: ROLE_NAMES[roleId] ?? (isCustomRole(snapshot, roleId) ? 'custom role' : roleId),
      scope: scopeOf(assignment),
      principal: String(at(assignment, 'properties.principalId')),
    };
  });
}

const isCustomRole = (snapshot: Snapshot, roleId: string) =>
  ofType(snapshot, 'Microsoft.Authorization/roleDefinitions').some(({ name }) => name === roleId);

const scopeOf = ({ id }: Resource) =>
  id
    .split(`/providers/${ASSIGNMENT}`)[0]
    ?.replace(/^~\/Microsoft\./, '')
    .replace(/-?[a-z0-9]{13}(?=\/|$)/, '') ?? '';

/** What the identity of the app may have at all, by the kind of resource. */
const ALLOWED: [scope: RegExp, roles: string[]][] = [
  [/^Storage\/storageAccounts\/sthost$/, ['Storage Blob Data Owner']],
  [/^Storage\/storageAccounts\/stcart$/, ['Storage Table Data Contributor']],
  [/^ServiceBus\/namespaces\/sbns\/topics\/[\w-]+$/, ['Azure Service Bus Data Sender']],
  [
    /^ServiceBus\/namespaces\/sbns\/topics\/[\w-]+\/subscriptions\/webhooks$/,
    ['Azure Service Bus Data Receiver'],
  ],
  [
    /^ServiceBus\/namespaces\/sbns\/queues\/[\w-]+$/,
    ['Azure Service Bus Data Sender', 'Azure Service Bus Data Receiver', 'Azure Service Bus Data Owner'],
  ],
  [/^ServiceBus\/namespaces\/sbns$/, ['custom role']],
  [/^Insights\/components\/appi$/, ['Monitoring Metrics Publisher']],
  [/^KeyVault\/vaults\/kv$/, ['Key Vault Secrets User']],
];

/** What operators may have. */
const OPERATORS_MAY = ['Azure Service Bus Data Sender', 'Azure Service Bus Data Receiver'];

const SECRETS = /AccountKey=|SharedAccessKey|SharedAccessSignature|sig=|listKeys|listConnectionStrings/i;

export const accessRules: Rule[] = [
  {
    name: 'Cartwright.Roles.Narrow',
    check: (snapshot) =>
      grants(snapshot)
        .filter(({ scope, role, principal }) =>
          principal === '<identity.principalId>'
            ? !ALLOWED.some(([pattern, roles]) => pattern.test(scope) && roles.includes(role))
            : scope !== 'ServiceBus/namespaces/sbns' || !OPERATORS_MAY.includes(role),
        )
        .map(({ scope, role, principal }) => `${principal} has ${role} on ${scope}`),
  },
  {
    name: 'Cartwright.Roles.CustomRole',
    check: (snapshot) =>
      ofType(snapshot, 'Microsoft.Authorization/roleDefinitions')
        .filter((role) => {
          const permissions = JSON.stringify(at(role, 'properties.permissions'));
          return permissions !== '[{"actions":["Microsoft.ServiceBus/namespaces/*/read"]}]';
        })
        .map(({ id }) => `${id} grants more than reading the properties of Service Bus entities`),
  },
  {
    name: 'Cartwright.NoKeys',
    check: (snapshot) =>
      snapshot.resources
        .filter((resource) => SECRETS.test(JSON.stringify(resource)))
        .map(({ id }) => `${id} contains a key or a connection string`),
  },
  {
    name: 'Cartwright.SecretByReference',
    check: (snapshot) =>
      [...appSettings(snapshot)]
        .filter(([name]) => /SECRET|PASSWORD/.test(name))
        .filter(([, value]) => !/^@Microsoft\.KeyVault\(SecretUri=<vault\.uri>secrets\/[\w-]+\)$/.test(value))
        .map(([name]) => `${name} is not a Key Vault reference`),
  },
  {
    name: 'Azure.Deployment.OutputSecretValue',
    check: (snapshot) =>
      Object.entries(snapshot.outputs)
        .filter(
          ([, value]) => SECRETS.test(String(value)) || /connectionString|<[^>]*[kK]ey/.test(String(value)),
        )
        .map(([name]) => `output ${name} is a secret`),
  },
  {
    name: 'Cartwright.Tags',
    check: (snapshot) =>
      snapshot.resources
        .filter(({ location, tags }) => location !== undefined && !tags?.['azd-env-name'])
        .map(({ id }) => `${id} is not tagged with its environment`),
  },
];
