/** What the service uses of the storage SDK, and the transport under it: loaded on first use, for it is larger than the service. */
export { odata, TableClient } from '@azure/data-tables';
export { openTransport } from './transport.ts';
