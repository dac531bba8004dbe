/**
 * The issuer's RS256 key pair. It is stored in a file, so that tokens stay valid after a restart. An existing key file is
 * never replaced.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** The public key as in the key set. `kid` is its thumbprint, which does not change. */
  readonly jwk: JWK & { readonly kid: string };
}

/** Reads the key from the file, or generates and stores one. Without a file, the key is not stored. */
export async function openSigningKey(keyFile?: string): Promise<SigningKey> {
  const pem = keyFile === undefined ? undefined : await readIfExists(keyFile);
  const privateKey = pem === undefined ? await newKey() : createPrivateKey(pem);
  if (keyFile !== undefined && pem === undefined) await write(keyFile, privateKey);

  const jwk = await exportJWK(createPublicKey(privateKey));
  return { privateKey, jwk: { ...jwk, use: 'sig', alg: 'RS256', kid: await calculateJwkThumbprint(jwk) } };
}

async function newKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey;
}

async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a temporary file and renames it: a crash must not leave a partial key. */
async function write(file: string, key: KeyObject): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await rename(temporary, file);
}
