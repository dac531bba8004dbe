/** How the client of a request reads responses, and what their links may point to. */
import type { Client } from './clients.ts';
import type { Policies } from './context.ts';

/** The dialect of a request (docs/contract.md 16.1). */
export const dialectOf = (
  { 'MS-PartnerCenter-Client': client }: { 'MS-PartnerCenter-Client': Client },
  { country, pages }: Pick<Policies, 'country' | 'pages'>,
) => ({ client, country, pages });
