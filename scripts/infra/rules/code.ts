/**
 * Template against code: every queue, topic, table and setting that the code uses is in the deployment, with the
 * properties of `infra/servicebus.json`, and nothing in the deployment is unknown to the code.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QUEUES, SUBSCRIPTIONS, TOPICS } from '../../../shared/messaging/queueNames.ts';
import { TABLES } from '../../../shared/storage/keys.ts';
import { NOT_PARAMETERS, settingNames } from '../parameters.ts';
import type { Snapshot } from '../snapshot.ts';
import { grants } from './access.ts';
import { appSettings, at, ofType, type Rule } from './rule.ts';

const infra = join(import.meta.dirname, '../../../infra');
const readJson = (name: string) => JSON.parse(readFileSync(join(infra, name), 'utf8')) as unknown;

const REQUIRED = ['AUTH_AUDIENCES', 'AUTH_ISSUERS', 'AUTH_JWKS_URL', 'AUTH_TENANTS'];

export const codeRules: Rule[] = [
  {
    name: 'Cartwright.Code.Queues',
    check: (snapshot) => entityProblems(snapshot, 'queues', Object.values(QUEUES)),
  },
  {
    name: 'Cartwright.Code.Topics',
    check: (snapshot) => entityProblems(snapshot, 'topics', Object.values(TOPICS)),
  },
  {
    name: 'Cartwright.Code.Tables',
    check: (snapshot) =>
      difference(
        'table',
        ofType(snapshot, 'Microsoft.Storage/storageAccounts/tableServices/tables').map(lastName),
        Object.values(TABLES),
      ),
  },
  {
    name: 'Cartwright.Code.Roles',
    check: (snapshot) => {
      const needed = [
        ...Object.values(QUEUES).map((queue) => `Azure Service Bus Data Sender on queues/${queue}`),
        ...Object.values(TOPICS).map((topic) => `Azure Service Bus Data Sender on topics/${topic}`),
        ...Object.values(QUEUES).map((queue) => `Azure Service Bus Data Receiver on queues/${queue}`),
        ...Object.values(SUBSCRIPTIONS).map(
          (name) => `Azure Service Bus Data Receiver on subscriptions/${name}`,
        ),
      ];
      const found = grants(snapshot)
        .filter(
          ({ principal, scope }) =>
            principal === '<identity.principalId>' && /\/(queues|topics)\//.test(scope),
        )
        // Data Owner, the alternative for scaling, includes receiving.
        .map(
          ({ role, scope }) =>
            `${role.replace('Data Owner', 'Data Receiver')} on ${scope.split('/').slice(-2).join('/')}`,
        );
      return difference('role', found, needed);
    },
  },
  {
    name: 'Cartwright.Code.RequiredSettings',
    check: (snapshot) =>
      REQUIRED.filter((name) => !appSettings(snapshot).get(name)).map((name) => `${name} is not set`),
  },
];

/** What is wrong when a deployment passes these settings on. */
export const settingProblems = (passed: string[]): string[] =>
  difference('setting', [...passed, ...Object.keys(NOT_PARAMETERS)], settingNames());

/** Variables that have no row in the tables of this text. */
export const documentationProblems = (text: string, variables: string[]): string[] =>
  [...variables, ...Object.keys(NOT_PARAMETERS)]
    .filter((name) => !text.includes(`\n| \`${name}\` |`))
    .map((name) => `docs/operations.md does not explain ${name}`);

const lastName = ({ name }: { name: string }) => name.split('/').at(-1) ?? '';

function difference(what: string, found: string[], expected: string[]): string[] {
  return [
    ...expected.filter((name) => !found.includes(name)).map((name) => `${what} ${name} is missing`),
    ...found
      .filter((name) => !expected.includes(name))
      .map((name) => `${what} ${name} is unknown to the code`),
    ...found
      .filter((name, index) => found.indexOf(name) < index)
      .map((name) => `${what} ${name} is there twice`),
  ];
}

/** Entities by name, and that each has the properties of servicebus.json, which the emulator uses as well. */
function entityProblems(snapshot: Snapshot, kind: 'queues' | 'topics', names: string[]): string[] {
  const entities = readJson('servicebus.json') as Record<
    typeof kind,
    Record<string, Record<string, unknown>>
  >;
  const found = ofType(snapshot, `Microsoft.ServiceBus/namespaces/${kind}`);
  const wrong = found.flatMap((entity) =>
    Object.entries(entities[kind][lastName(entity)] ?? {})
      .filter(([property]) => property !== 'subscriptions')
      .filter(([property, value]) => at(entity, `properties.${property}`) !== value)
      .map(([property, value]) => `${lastName(entity)}: ${property} is not ${value}`),
  );
  return [...difference(kind.slice(0, -1), found.map(lastName), names), ...wrong];
}
