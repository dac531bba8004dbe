/**
 * Table storage for a test file of the integration project: an account of one Azurite that all these files share
 * (`sharedStacks.ts`). It starts when the first file asks for an account.
 */
import { inject } from 'vitest';

/** An account without tables, which nothing else uses. */
export async function newStorageAccount(): Promise<{ connectionString: string }> {
  const response = await fetch(`${inject('sharedStacks')}/storage-account`);
  if (!response.ok) throw new Error(`There is no storage account: ${await response.text()}`);
  return (await response.json()) as { connectionString: string };
}
