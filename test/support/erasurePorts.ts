/** The ports of erasures on real storage and a real broker, for tests that compose their ports themselves. */
import type { ErasurePorts } from '../../shared/erasure/erasurePorts.ts';
import type { OpenBus } from '../../shared/messaging/bus.ts';
import { strandedMessages } from '../../shared/messaging/strandedMessages.ts';
import { erasureKeysIn } from '../../shared/storage/erasureKeys.ts';
import { customerDataStore, erasureStore } from '../../shared/storage/erasureStore.ts';
import type { Table } from '../../shared/storage/tables.ts';

export const erasurePorts = (
  { carts, bulk, erasures }: { carts: Table; bulk: Table; erasures: Table },
  bus: OpenBus,
): ErasurePorts => ({
  erasures: erasureStore(erasures),
  customerData: customerDataStore(carts, bulk),
  strandedMessages: strandedMessages(bus),
  erasureKeys: erasureKeysIn(erasures),
});
