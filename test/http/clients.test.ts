/** What each SDK reads, and which fields it does not support, by the name that it sends. */
import { describe, expect, it } from 'vitest';
import { clientOf } from '../../shared/http/clients.ts';
import dotnet from '../fixtures/wire/dotnet.json' with { type: 'json' };
import java from '../fixtures/wire/java.json' with { type: 'json' };
import psdk from '../fixtures/wire/psdk.json' with { type: 'json' };

const nameIn = ({ requests: [first] }: typeof java | typeof dotnet | typeof psdk) =>
  first?.headers.find(([name]) => name === 'MS-PartnerCenter-Client')?.[1] ?? null;

describe.each([
  ['.NET SDK', dotnet, 'addonItems', false],
  ['Java SDK', java, 'addOnItems', true],
  ['client of PowerShell', psdk, 'addonItems', true],
] as const)('The %s, by the name in its recorded requests', (sdk, recording, addonsName, isOld) => {
  const client = clientOf(nameIn(recording));

  it(`Add-ons have the name that the ${sdk} reads`, () => {
    expect(client.addonsName).toBe(addonsName);
  });

  it(`The unsupported fields of the ${sdk} occur in none of its recorded requests`, () => {
    const sent = JSON.stringify(recording.requests.map(({ body }) => body)).toLowerCase();

    expect(client.unsupportedFields.filter((name) => sent.includes(name.toLowerCase()))).toEqual([]);
    expect(client.unsupportedFields).toContain('purchaseCommitment');
    expect(client.unsupportedFields.includes('promotionId')).toBe(isOld);
  });
});

it.each([null, '', 'Contoso'])('A client named %j has no unsupported fields', (name) => {
  expect(clientOf(name)).toEqual({
    addonsName: 'addonItems',
    unsupportedFields: [],
    strippedFields: [],
    unparsable: new Set(),
    hasShortThrottlingBody: false,
  });
});
