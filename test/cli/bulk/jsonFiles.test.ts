/** Items as JSON: a document, or a line each. */
import { describe, expect, it } from 'vitest';
import { readOrderFile } from '../../../cli/bulk/orderFile.ts';
import { BadFile } from '../../../cli/bulk/refusals.ts';
import { fileWith, readFileOf } from './files.ts';

const CUSTOMER = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const CART = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
const SEATS = { catalogItemId: 'A:1', quantity: 1, billingCycle: 'monthly', friendlyName: 'Zürich\nBern' };
const ITEMS = [
  { reference: 'r1', customerId: CUSTOMER, cartId: CART },
  { Reference: 'r2', customerId: CUSTOMER, cart: { lineItems: [SEATS] } },
];

describe('NDJSON', () => {
  it('is an item a line', async () => {
    const text = `\ufeff${JSON.stringify(ITEMS[0])}\r\n\r\n ${JSON.stringify(ITEMS[1])}`;

    expect(await readFileOf(text, 'orders.ndjson')).toEqual({ head: {}, values: ITEMS, problems: [] });
  });

  it('names the line and the member of everything that is wrong', async () => {
    const [first, second] = ITEMS.map((item) => JSON.stringify(item));
    const zero = JSON.stringify({
      ...ITEMS[1],
      Reference: 'r3',
      cart: { lineItems: [{ ...SEATS, quantity: 0 }] },
    });
    const lines = ['{"reference":"r1"', '', '[]', first, second, second, zero];

    const { problems } = await readFileOf(lines.join('\n'), 'orders.jsonl');

    expect(problems).toEqual([
      'line 1: breaks off in the middle of JSON',
      'line 3: should be an object',
      'line 6, reference: is that of line 5 already',
      expect.stringMatching(/^line 7, cart\.lineItems\[0\]\.quantity: Too small/),
    ]);
  });
});

describe('a JSON document', () => {
  it.each([
    ['the list of items', ITEMS],
    ['the body of the service', { items: ITEMS }],
  ])('is %s', async (_, document) => {
    const text = JSON.stringify(document);

    expect(await readFileOf(text, 'ORDERS.JSON')).toEqual({ head: {}, values: ITEMS, problems: [] });
  });

  it('may say what is wanted of the bulk order', async () => {
    const head = { reference: 'March', errorPolicy: 'stopOnFirstError', acceptValid: true };

    expect((await readFileOf(JSON.stringify({ ...head, items: ITEMS }), 'orders.json')).head).toEqual(head);
  });

  it('names the item and the member of what is wrong', async () => {
    const { problems } = await readFileOf(
      JSON.stringify([{ ...ITEMS[0], customerId: 'x' }, null]),
      'orders.json',
    );

    expect(problems).toEqual(['items[0].customerId: should be a GUID', 'items[1]: should be an object']);
  });

  it.each([
    ['{', 'line 1: breaks off in the middle of JSON'],
    ['', 'line 1: breaks off in the middle of JSON'],
    ['{"items": [{"a":"x\ny"}]}', 'line 1: breaks off in the middle of JSON'],
    ['[\n{"a":1},\n  {"a":x}\n]', 'line 3: is not JSON from column 8 on: x}'],
    ['[\n{}\n{}]', 'line 3: is not JSON from column 1 on: {}]'],
    ['[{}] x', 'line 1: is not JSON from column 6 on: x'],
    ["[{'a':1}]", "line 1: is not JSON from column 3 on: 'a':1}]"],
    [`[{},\r\n,${'x'.repeat(50)}]`, `line 2: is not JSON from column 1 on: ,${'x'.repeat(39)}…`],
    ['5', "should be a list of items, or an object with the list 'items'"],
    ['null', "should be a list of items, or an object with the list 'items'"],
    ['{"items":{}}', "should be a list of items, or an object with the list 'items'"],
  ])('cannot be %j', async (text, sentence) => {
    await expect(readFileOf(text, 'orders.json')).rejects.toThrow(BadFile);
    await expect(readFileOf(text, 'orders.json')).rejects.toThrow(`orders.json, ${sentence}`);
  });
});

describe('a file', () => {
  it('is known by its name', async () => {
    await expect(readOrderFile('orders.xlsx')).rejects.toThrow(
      'orders.xlsx should be named .csv, .ndjson or .json, by what it is.',
    );
  });

  it('that is not there is named', async () => {
    const path = (await fileWith('', 'other.txt')).replace('other.txt', 'gone.csv');

    await expect(readOrderFile(path)).rejects.toThrow(`${path} cannot be read (ENOENT).`);
  });

  it('that is not UTF-8 is told so', async () => {
    await expect(readFileOf(Buffer.from('Zürich', 'latin1'))).rejects.toThrow('is not UTF-8');
  });
});
