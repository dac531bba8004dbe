/** The entities of infra/servicebus.json in the format of Microsoft's Service Bus emulator. Pure. */
import { formatDuration, parseDuration } from '../shared/duration.ts';

type Properties = Record<string, unknown>;

export interface Entities {
  queues: Record<string, Properties>;
  topics: Record<string, Properties & { subscriptions: Record<string, Properties> }>;
}

interface Entity {
  Name: string;
  Properties: Properties;
}

export interface EmulatorConfig {
  UserConfig: {
    Namespaces: { Name: string; Queues: Entity[]; Topics: (Entity & { Subscriptions: Entity[] })[] }[];
    Logging: { Type: string };
  };
}

/** The largest values that the emulator accepts, where Azure accepts more. */
const LIMITS: Record<string, string> = {
  DefaultMessageTimeToLive: 'PT1H',
  DuplicateDetectionHistoryTimeWindow: 'PT5M',
};

/** The only name that the emulator has for its namespace. */
const NAMESPACE = 'sbemulatorns';

export const emulatorConfig = ({ queues, topics }: Entities): EmulatorConfig => ({
  UserConfig: {
    Namespaces: [
      {
        Name: NAMESPACE,
        Queues: Object.entries(queues).map(entityOf),
        Topics: Object.entries(topics).map(([name, { subscriptions, ...properties }]) => ({
          ...entityOf([name, properties]),
          Subscriptions: Object.entries(subscriptions).map(entityOf),
        })),
      },
    ],
    Logging: { Type: 'Console' },
  },
});

const entityOf = ([name, properties]: [string, Properties]): Entity => ({
  Name: name,
  Properties: Object.fromEntries(
    Object.entries(properties).map(([property, value]) => {
      const key = property.charAt(0).toUpperCase() + property.slice(1);
      return [key, lowered(value, LIMITS[key])];
    }),
  ),
});

function lowered(value: unknown, limit: string | undefined): unknown {
  const [valueMs, limitMs] = [parseDuration(String(value)), parseDuration(limit ?? '')];
  return valueMs !== undefined && limitMs !== undefined ? formatDuration(Math.min(valueMs, limitMs)) : value;
}
