/** The shape of a rule, and how rules read resources. */
import type { Resource, Snapshot } from '../snapshot.ts';

export interface Rule {
  name: string;
  /** What is wrong, one line each; empty when the snapshot keeps the rule. */
  check(snapshot: Snapshot): string[];
}

export const ofType = ({ resources }: Snapshot, type: string): Resource[] =>
  resources.filter((resource) => resource.type === type);

/** The value at a path of a resource, such as `properties.networkAcls.defaultAction`; `undefined` if there is none. */
export function at(resource: Resource, path: string): unknown {
  let value: unknown = resource;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The rule that every resource of a type has this value at a path. The type must exist unless it is optional. */
export function has(
  name: string,
  type: string,
  path: string,
  expected: unknown,
  { isOptional = false }: { isOptional?: boolean } = {},
): Rule {
  return {
    name,
    check(snapshot) {
      const resources = ofType(snapshot, type);
      if (resources.length === 0 && !isOptional) return [`there is no ${type}`];
      return resources.flatMap((resource) => {
        const found = at(resource, path);
        return found === expected
          ? []
          : [`${resource.id}: ${path} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
      });
    },
  };
}

/** App settings by name. */
export function appSettings(snapshot: Snapshot): Map<string, string> {
  const [app] = ofType(snapshot, 'Microsoft.Web/sites');
  const list = app ? at(app, 'properties.siteConfig.appSettings') : undefined;
  return new Map(
    (list as { name: string; value: string }[] | undefined)?.map(({ name, value }) => [name, value]),
  );
}

export const isPrivate = (snapshot: Snapshot): boolean =>
  ofType(snapshot, 'Microsoft.Network/virtualNetworks').length > 0;
