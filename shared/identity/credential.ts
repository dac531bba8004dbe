/** The credential of this service in Azure, loaded when the first token is needed: a managed identity there, the developer's sign-in elsewhere. */
import type { TokenCredential } from '@azure/identity';

let credential: Promise<TokenCredential> | undefined;

/** One credential a process; it keeps its tokens. `AZURE_CLIENT_ID` picks a user-assigned identity. */
export function azureCredential(): Promise<TokenCredential> {
  credential ??= import('@azure/identity').then(({ DefaultAzureCredential }) => new DefaultAzureCredential());
  return credential;
}
