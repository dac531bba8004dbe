/** What each SDK reads and cannot say, by the name it sends. */
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
] as const)('the %s, by the name it was recorded with', (_, recording, addonsName, isOld) => {
  const client = clientOf(nameIn(recording));

  it('reads add-ons under its name', () => {
    expect(client.addonsName).toBe(addonsName);
  });

  it('has never sent what it cannot say', () => {
    const sent = JSON.stringify(recording.requests.map(({ body }) => body)).toLowerCase();

    expect(client.unsupportedFields.filter((name) => sent.includes(name.toLowerCase()))).toEqual([]);
    expect(client.unsupportedFields).toContain('purchaseCommitment');
    expect(client.unsupportedFields.includes('promotionId')).toBe(isOld);
  });
});

it.each([null, '', 'Contoso'])('%j can say everything', (name) => {
  expect(clientOf(name)).toEqual({
    addonsName: 'addonItems',
    unsupportedFields: [],
    strippedFields: [],
    unparsable: new Set(),
    hasShortThrottlingBody: false,
  });
});
