/** The state that all connections share: the entities, the access key, the faults to inject, the memory limit. */

import type { Faults } from './faults.ts';
import type { Namespace } from './namespace.ts';
import type { AccessKey } from './sasToken.ts';

export interface Broker {
  readonly namespace: Namespace;
  readonly key: AccessKey;
  readonly faults: Faults;
  /** False while the stored messages exceed the memory limit; senders then get no further credit. */
  hasMemory(): boolean;
}
