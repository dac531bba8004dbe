/** Erasures in memory as far as HTTP routes need them: requested and read. What an erasure removes is tested on real storage. */
import type { Erasure } from '../../shared/erasure/erasure.ts';
import type { ErasureKeys, ErasurePorts, ErasureStore } from '../../shared/erasure/erasurePorts.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';

const onStorageOnly = (name: string) => async (): Promise<never> => {
  throw new Error(`${name} needs real storage.`);
};

/** An empty table, and keys that every test has. */
export function memoryErasures(): ErasurePorts {
  const rows = new Map<string, { erasure: Erasure; etag: string }>();
  let version = 0;
  const nameOf = ({ tenant, customerHash }: Pick<Erasure, 'tenant' | 'customerHash'>) =>
    `${tenant}_${customerHash}`;
  const erasures: ErasureStore = {
    read: async (key) => structuredClone(rows.get(nameOf(key))),
    async write(erasure, etag) {
      if (rows.get(nameOf(erasure))?.etag !== etag) return undefined;
      const written = { erasure: structuredClone(erasure), etag: `W/"erasure ${++version}"` };
      rows.set(nameOf(erasure), written);
      return structuredClone(written);
    },
  };
  const erasureKeys: ErasureKeys = {
    customerHash: async (tenant, customer) => digestHex(64, 'customer', tenant, customer),
    pseudonym: async (tenant, customer) => uuidV8('pseudonym', tenant, customer),
    sign: onStorageOnly('sign'),
    publicKeys: async () => ({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'eA', kid: 'test' }] }),
  };
  return {
    erasures,
    erasureKeys,
    customerData: {
      carts: onStorageOnly('carts'),
      orders: onStorageOnly('orders'),
      removeCart: onStorageOnly('removeCart'),
      putOrder: onStorageOnly('putOrder'),
      removeOrder: onStorageOnly('removeOrder'),
      itemsOf: onStorageOnly('itemsOf'),
      emptyItems: onStorageOnly('emptyItems'),
    },
    strandedMessages: { find: onStorageOnly('find'), remove: onStorageOnly('remove') },
  };
}
