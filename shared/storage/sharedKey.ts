/**
 * Signs requests to Table Storage with an account key, as the storage SDK does, but with a key that is ready for use. The
 * SDK decodes the key and hands it to the cryptographic library for every request, which takes longer than the signature.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';

/** The SDK's policy that this one replaces. */
const SDK_POLICY = 'tablesNamedKeyCredentialPolicy';

type Pipeline = TableClient['pipeline'];
type Policy = Parameters<Pipeline['addPolicy']>[0];
type Request = Parameters<Policy['sendRequest']>[0];

/**
 * Makes a client sign with a ready key. A client that does not sign, such as one with a SAS, is left as it is, and so is
 * one whose connection string names no key, such as `UseDevelopmentStorage=true`.
 */
export function signWithReadyKey(pipeline: Pipeline, connectionString: string): void {
  const account = accountIn(connectionString);
  if (!account || pipeline.removePolicy({ name: SDK_POLICY }).length === 0) return;
  pipeline.addPolicy(sharedKeyLite(account));
}

/** The account and its key, in Base64. */
interface Account {
  name: string;
  key: string;
}

function accountIn(connectionString: string): Account | undefined {
  if (/UseDevelopmentStorage=true/i.test(connectionString)) return undefined; // wins over a key beside it
  const name = /(?:^|;)\s*AccountName=([^;]+)/i.exec(connectionString)?.[1]?.trim();
  const key = /(?:^|;)\s*AccountKey=([^;]+)/i.exec(connectionString)?.[1]?.trim();
  return name && key ? { name, key } : undefined;
}

/** Shared Key Lite for tables: the date and the canonical resource (Azure Storage REST, *Authorize with Shared Key*). */
function sharedKeyLite(account: Account): Policy {
  const key = createSecretKey(Buffer.from(account.key, 'base64'));
  return {
    name: SDK_POLICY,
    sendRequest(request, next) {
      if (!request.headers.has('x-ms-date')) request.headers.set('x-ms-date', new Date().toUTCString());
      const text = `${request.headers.get('x-ms-date')}\n/${account.name}${resourceOf(request)}`;
      const signature = createHmac('sha256', key).update(text, 'utf8').digest('base64');
      request.headers.set('Authorization', `SharedKeyLite ${account.name}:${signature}`);
      return next(request);
    },
  };
}

/** The path, with `comp` as the only parameter. The SDK has made the URL with `URL`, so that it is in its normal form. */
function resourceOf({ url }: Request): string {
  if (!url.includes('comp=')) return url.slice(url.indexOf('/', url.indexOf('//') + 2)).replace(/\?.*$/s, '');
  const { pathname, searchParams } = new URL(url);
  const comp = searchParams.get('comp');
  return comp ? `${pathname}?comp=${comp}` : pathname;
}
