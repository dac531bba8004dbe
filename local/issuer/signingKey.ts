/**
 * The issuer's RS256 key pair, kept in a file so that tokens outlive a restart.
 * It promises that a key file, once there, is never replaced. It does not know what is signed.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** The public half as it stands in the key set; `kid` is its thumbprint, the same after every restart. */
  readonly jwk: JWK & { readonly kid: string };
}

/** Reads the key from the file, or makes one and writes it there; without a file the key lives as long as the process. */
export async function openSigningKey(keyFile?: string): Promise<SigningKey> {
  const pem = keyFile === undefined ? undefined : await readIfThere(keyFile);
  const privateKey = pem === undefined ? await newKey() : createPrivateKey(pem);
  if (keyFile !== undefined && pem === undefined) await write(keyFile, privateKey);

  const jwk = await exportJWK(createPublicKey(privateKey));
  return { privateKey, jwk: { ...jwk, use: 'sig', alg: 'RS256', kid: await calculateJwkThumbprint(jwk) } };
}

async function newKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Under a name of its own first: a crash in the middle must not leave half a key. */
async function write(file: string, key: KeyObject): Promise<void> {
  const half = `${file}.new`;
  await writeFile(half, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await rename(half, file);
}
