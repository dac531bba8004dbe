/**
 * The keys of erasures: one to hash customer ids, one to sign receipts (Ed25519). Generated on first use and kept in one
 * row, insert-only, so that all instances have the same.
 */
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { CompactSign, importJWK, type JWK } from 'jose';
import type { ErasureKeys } from '../erasure/erasurePorts.ts';
import { uuidV8 } from '../ids.ts';
import { ERASURE_KEY_ROW } from './keys.ts';
import { readRow } from './rows.ts';
import { type Table, undefinedOnStatus } from './tables.ts';

const EXISTS = [409];

interface Keys {
  hashKey: Buffer;
  signingKey: JWK & { kid: string };
}

/** The keys in a table. */
export function erasureKeysIn(table: Table): ErasureKeys {
  let loaded: Promise<Keys> | undefined;
  const keys = () => {
    loaded ??= loadKeys(table).catch((error: unknown) => {
      loaded = undefined; // the next call tries again
      throw error;
    });
    return loaded;
  };
  const hashOf = async (purpose: string, tenant: string, customer: string) =>
    createHmac('sha256', (await keys()).hashKey)
      .update(`${purpose}:${tenant}:${customer}`)
      .digest('hex');
  return {
    customerHash: (tenant, customer) => hashOf('customer', tenant, customer),
    pseudonym: async (tenant, customer) => uuidV8(await hashOf('pseudonym', tenant, customer)),
    async sign(receipt) {
      const { signingKey } = await keys();
      return new CompactSign(Buffer.from(JSON.stringify(receipt)))
        .setProtectedHeader({ alg: 'EdDSA', kid: signingKey.kid, typ: 'erasure-receipt+json' })
        .sign(await importJWK(signingKey, 'EdDSA'));
    },
    async publicKeys() {
      const { kty, crv, x, kid } = (await keys()).signingKey;
      return { keys: [{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }] };
    },
  };
}

async function loadKeys(table: Table): Promise<Keys> {
  const row = (await readRow(table, ERASURE_KEY_ROW)) ?? (await generate(table));
  return {
    hashKey: Buffer.from(String(row.hashKey), 'base64'),
    signingKey: JSON.parse(String(row.signingKey)) as Keys['signingKey'],
  };
}

async function generate(table: Table): Promise<Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateKey.export({ format: 'jwk' });
  const made = {
    ...ERASURE_KEY_ROW,
    rowVersion: 1,
    hashKey: randomBytes(32).toString('base64'),
    signingKey: JSON.stringify({ ...jwk, kid: randomBytes(8).toString('hex') }),
  };
  await table.run((client, abortSignal) =>
    undefinedOnStatus(EXISTS, client.createEntity(made, { abortSignal })),
  );
  // Another instance may have been first.
  const stored = await readRow(table, ERASURE_KEY_ROW);
  if (!stored) throw new Error('The keys of erasures were not stored.');
  return stored;
}
