/**
 * The form in which a snapshot is committed: every resource of a deployment with what is needed to review it, and
 * nothing that changes without a change of the template.
 */
import { SUBSCRIPTION } from './bicep.ts';
import { evaluateDeep } from './expression.ts';

/** A resource as the template would deploy it. Its id is relative to the resource group, which is `~`. */
export interface Resource {
  id: string;
  type: string;
  name: string;
  apiVersion: string;
  location?: string;
  kind?: string;
  sku?: { name: string; tier?: string; capacity?: number };
  tags?: Record<string, string>;
  identity?: { type: string; userAssignedIdentities: Record<string, unknown> };
  properties?: Record<string, unknown>;
}

export interface Snapshot {
  resources: Resource[];
  outputs: Record<string, unknown>;
}

/** The committed form of what the compiler writes. Throws if the compiler reported something about it. */
export function normalize(raw: unknown): Snapshot {
  const { predictedResources, outputs, diagnostics } = evaluateDeep(raw) as {
    predictedResources: Resource[];
    outputs: Record<string, unknown>;
    diagnostics: unknown[];
  };
  if (diagnostics.length > 0) throw new Error(`The snapshot has diagnostics: ${JSON.stringify(diagnostics)}`);
  return shorten({
    resources: predictedResources.map(withoutGuidName).map(withoutWorkbook),
    // The compiler writes outputs in any order.
    outputs: Object.fromEntries(Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1))),
  });
}

/** The content of a workbook is reviewed in workbook.json. Here it has to be JSON, with every placeholder replaced. */
function withoutWorkbook(resource: Resource): Resource {
  const text = resource.properties?.serializedData;
  if (typeof text !== 'string') return resource;
  JSON.parse(text);
  const left = /\{(component|workspace|namespace|cartStorage|app|timerFunction)\}/.exec(text);
  if (left) throw new Error(`workbook.json: ${left[0]} is not replaced`);
  return { ...resource, properties: { ...resource.properties, serializedData: '<workbook.json>' } };
}

/** A name that is a hash of the id says nothing. */
function withoutGuidName(resource: Resource): Resource {
  return resource.name.startsWith('guid(')
    ? { ...resource, id: resource.id.replace(/\/guid\(.*$/s, '/guid'), name: 'guid' }
    : resource;
}

function shorten(snapshot: Snapshot): Snapshot {
  const group = new RegExp(`/subscriptions/${SUBSCRIPTION}/resourceGroups/[^/]+/providers/`, 'g');
  return JSON.parse(JSON.stringify(snapshot).replace(group, '~/')) as Snapshot;
}
