/**
 * The desk's product catalogue, in the format of Partner Center's product routes. It sells a few products by name and
 * any other well-formed product, SKU and availability id, so that every link of an order resolves.
 */

interface Listed {
  readonly id: string;
  /** Its first SKU. */
  readonly sku: string;
  readonly title: string;
  readonly productType: { readonly id: string; readonly displayName: string };
  /** The `targetView` values that list it. */
  readonly views: readonly string[];
  readonly cycles: readonly (readonly [cycle: string, term: string | undefined])[];
}

const azure = { id: 'Azure', displayName: 'Azure' };
const online = { id: 'OnlineServicesNCE', displayName: 'Online Services' };
const software = { id: 'Software', displayName: 'Software' };

const listed: readonly Listed[] = [
  {
    id: 'DG7GMGF0DWTL',
    sku: '0001',
    title: 'Reserved VM Instance, Standard_B1s',
    productType: azure,
    views: ['azure', 'azurereservations', 'azurereservationsvm'],
    cycles: [['one_time', 'P1Y']],
  },
  {
    id: 'DZH318Z0BPS6',
    sku: '0001',
    title: 'Azure plan',
    productType: azure,
    views: ['microsoftazure'],
    cycles: [['one_time', undefined]],
  },
  {
    id: 'DZH318Z0BZ17',
    sku: '0002',
    title: 'Azure Synapse Analytics, reserved',
    productType: azure,
    views: ['azure', 'azurereservations', 'azurereservationssql'],
    cycles: [['one_time', 'P1Y']],
  },
  {
    id: 'DZH318Z0BWR1',
    sku: '0004',
    title: 'Azure Databricks, pre-purchase',
    productType: azure,
    views: ['azure', 'azurereservations'],
    cycles: [['one_time', 'P1Y']],
  },
  {
    id: 'CFQ7TTC0LH16',
    sku: '0001',
    title: 'Microsoft 365 Business Basic',
    productType: online,
    views: ['onlineservices'],
    cycles: [['monthly', 'P1Y']],
  },
  {
    id: 'DZH318Z0C1F2',
    sku: '0003',
    title: 'Fabrikam Mail Signatures',
    productType: online,
    views: ['marketplacesaas'],
    cycles: [['monthly', 'P1M']],
  },
  {
    id: 'DG7GMGF0DVT9',
    sku: '000F',
    title: 'SQL Server 2022 Standard',
    productType: software,
    views: ['software', 'softwareperpetual'],
    cycles: [['one_time', undefined]],
  },
];
const other: Omit<Listed, 'id'> = {
  sku: '0001',
  title: 'A product of the ordering desk',
  productType: online,
  views: [],
  cycles: [['monthly', 'P1Y']],
};

const productId = /^[A-Z0-9]{12}$/i;
const skuId = /^[A-Z0-9]{4}$/i;
const availabilityId = /^[A-Z0-9]{12}$/i;
const defaultAvailability = 'CFQ7TTC0DESK';

/** The products of a view. */
export const productsOf = (targetView: string): Record<string, unknown>[] =>
  listed.filter(({ views }) => views.includes(targetView.toLowerCase())).map(productBody);

/** A product; undefined when its id is malformed. */
export function findProduct(id: string): Record<string, unknown> | undefined {
  const product = find(id);
  return product && productBody(product);
}

/** A SKU of a product; undefined when an id is malformed. */
export function findSku(product: string, sku: string): Record<string, unknown> | undefined {
  const found = find(product);
  return found && skuId.test(sku) ? skuBody(found, sku) : undefined;
}

/** The SKUs of a product. */
export function skusOf(product: string): Record<string, unknown>[] | undefined {
  const found = find(product);
  return found && [skuBody(found, found.sku)];
}

/** An availability of a SKU; undefined when an id is malformed. */
export function findAvailability(
  product: string,
  sku: string,
  availability: string,
): Record<string, unknown> | undefined {
  const found = find(product);
  if (found === undefined || !skuId.test(sku) || !availabilityId.test(availability)) return undefined;
  const { id, cycles } = found;
  const self = `/products/${id}/skus/${sku}/availabilities/${availability}`;
  return {
    id: availability,
    productId: id,
    skuId: sku,
    catalogItemId: `${id}:${sku}:${availability}`,
    defaultCurrency: { code: 'USD', symbol: '$' },
    segment: 'commercial',
    country: 'US',
    isPurchasable: true,
    isRenewable: false,
    terms: cycles.flatMap(([billingCycle, duration]) =>
      duration === undefined ? [] : [{ duration, description: duration, billingCycle: pascal(billingCycle) }],
    ),
    product: productBody(found),
    sku: skuBody(found, sku),
    links: { self: link(`${self}?country=US`) },
  };
}

/** The availabilities of a SKU. */
export function availabilitiesOf(product: string, sku: string): Record<string, unknown>[] | undefined {
  const found = findAvailability(product, sku, defaultAvailability);
  return found && [found];
}

function find(id: string): Listed | undefined {
  if (!productId.test(id)) return undefined;
  return listed.find((product) => product.id === id.toUpperCase()) ?? { id: id.toUpperCase(), ...other };
}

function productBody({ id, title, productType }: Listed): Record<string, unknown> {
  return {
    id,
    title,
    description: title,
    productType,
    isMicrosoftProduct: true,
    publisherName: 'Microsoft Corporation',
    links: {
      skus: link(`/products/${id}/skus?country=US`),
      self: link(`/products/${id}?country=US`),
    },
  };
}

function skuBody({ id, title, cycles }: Listed, sku: string): Record<string, unknown> {
  const self = `/products/${id}/skus/${sku}`;
  return {
    id: sku,
    productId: id,
    title,
    description: title,
    minimumQuantity: 1,
    maximumQuantity: 300,
    isTrial: false,
    supportedBillingCycles: cycles.map(([cycle]) => cycle),
    purchasePrerequisites: [],
    inventoryVariables: [],
    provisioningVariables: [],
    dynamicAttributes: {},
    links: {
      availabilities: link(`${self}/availabilities?country=US`),
      self: link(`${self}?country=US`),
    },
  };
}

const pascal = (cycle: string): string =>
  cycle.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A link as Partner Center writes it. */
export function link(uri: string, method = 'GET'): Record<string, unknown> {
  return { uri, method, headers: [] };
}
