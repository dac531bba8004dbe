// What every link of every connection needs, in one object: the entities, the keys, the faults a test has planned, and
// whether there is memory for more. It knows nothing of connections.

import type { Faults } from './faults.ts';
import type { Namespace } from './namespace.ts';
import type { AccessKey } from './sharedAccess.ts';

export interface Broker {
  readonly namespace: Namespace;
  readonly key: AccessKey;
  readonly faults: Faults;
  hasMemory(): boolean;
}
