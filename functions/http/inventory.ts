/** The inventory check (docs/contract.md 24.9). The ledger sells without stock, so nothing in the catalogue is restricted. */
import { marketQuery } from '../../shared/http/catalogParameters.ts';
import { inventoryReader } from '../../shared/http/inventoryRequest.ts';
import { clientHeader } from '../../shared/http/parameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import { catalogPages } from './products.ts';

export const inventoryRoutes: Route[] = [
  defineRoute({
    name: 'checkInventory',
    method: 'POST',
    path: 'extensions/product/checkinventory',
    access: 'read', // it changes nothing
    isPartnerCenters: true,
    query: marketQuery,
    headers: clientHeader,
    body: inventoryReader,
    endpoint: async (asked) => (await catalogPages()).inventoryPage(asked),
    docs: {
      tag: 'Products',
      summary: 'Check the inventory',
      description:
        'Products and SKUs that the catalogue does not have are left out. Nothing that it has is restricted.',
      answers: { 200: { when: 'One entry for each SKU.', schema: 'Inventory' } },
      errors: ['invalidInput', 'catalogMissing'],
    },
  }),
];
