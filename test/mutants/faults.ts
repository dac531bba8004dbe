/** Every fault that is planted. */
import { BULK_FAULTS } from './bulkFaults.ts';
import { CHECKOUT_FAULTS } from './checkoutFaults.ts';
import type { Fault } from './fault.ts';
import { DOOR_FAULTS, GATEWAY_FAULTS, STORAGE_FAULTS, SWEEP_FAULTS } from './otherFaults.ts';

export const FAULTS: readonly Fault[] = [
  ...CHECKOUT_FAULTS,
  ...SWEEP_FAULTS,
  ...STORAGE_FAULTS,
  ...GATEWAY_FAULTS,
  ...DOOR_FAULTS,
  ...BULK_FAULTS,
];
