/** The same cart as three Partner Center SDKs send it. */

export interface Dialect {
  name: string;
  headers: Record<string, string>;
  cart: object;
}

const RESERVATION = 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB';
const SEATS = 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ';
const ADD_ON = 'CFQ7TTC0LH0Z:0001:CFQ7TTC0K18P';

export const dialects = {
  dotnet: {
    name: '.NET SDK',
    headers: { 'MS-PartnerCenter-Client': 'Partner Center .NET SDK', 'MS-SdkVersion': '3.4.0.0' },
    cart: {
      Id: null,
      ExpirationTimestamp: '0001-01-01T00:00:00',
      LineItems: [
        {
          Id: 0,
          CatalogItemId: RESERVATION,
          Quantity: 2,
          CurrencyCode: null,
          BillingCycle: 'one_time',
          Error: null,
        },
      ],
      Attributes: { ObjectType: 'Cart' },
    },
  },
  java: {
    name: 'Java SDK',
    headers: { 'MS-PartnerCenter-Client': 'Partner Center Java SDK', 'MS-SdkVersion': '1.15.4' },
    cart: {
      attributes: { objectType: 'Cart' },
      lineItems: [
        { billingCycle: 'one_time', catalogItemId: RESERVATION, id: 0, quantity: 1 },
        {
          billingCycle: 'monthly',
          catalogItemId: SEATS,
          id: 0,
          quantity: 5,
          termDuration: 'P1Y',
          addOnItems: [{ billingCycle: 'monthly', catalogItemId: ADD_ON, id: 0, quantity: 1 }],
        },
      ],
    },
  },
  powershell: {
    name: 'PowerShell',
    headers: { 'MS-PartnerCenter-Client': 'Partner Center Open .NET SDK', 'MS-SdkVersion': '1.15.6.0' },
    cart: {
      ExpirationTimestamp: '0001-01-01T00:00:00Z',
      LineItems: [
        { BillingCycle: 'OneTime', CatalogItemId: RESERVATION, Id: 0, ProvisioningContext: {}, Quantity: 2 },
      ],
      Attributes: { ObjectType: 'Cart' },
    },
  },
} satisfies Record<string, Dialect>;
