/** What the service uses of the storage SDK, loaded on first use: it is larger than the service. */
export { TableClient } from '@azure/data-tables';
