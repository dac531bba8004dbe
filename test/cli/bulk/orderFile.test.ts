/** Order files in JSON and NDJSON, and which files are order files. */
import { dirname } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readOrderFile } from '../../../cli/bulk/orderFile.ts';
import { BadFile } from '../../../cli/refused.ts';
import { CART, CUSTOMER, fileWith, readFileOf } from './files.ts';

const SEATS = { catalogItemId: 'A:1', quantity: 1, billingCycle: 'monthly', friendlyName: 'Zürich\nBern' };
const ITEMS = [
  { reference: 'r1', customerId: CUSTOMER, cartId: CART },
  { Reference: 'r2', customerId: CUSTOMER, cart: { lineItems: [SEATS] } },
];

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('NDJSON files', () => {
  it('An NDJSON file has one item per line', async () => {
    const text = `\ufeff${JSON.stringify(ITEMS[0])}\r\n\r\n ${JSON.stringify(ITEMS[1])}`;

    const { values, problems } = await readFileOf(text, 'orders.ndjson');

    expect({ values, problems }).toEqual({ values: ITEMS, problems: [] });
  });

  it('A line of NDJSON may have a trailing comma, as in requests to the service', async () => {
    const text = JSON.stringify(ITEMS[0]).replace('}', ',}');

    expect((await readFileOf(text, 'orders.ndjson')).ordered).toEqual(['r1']);
  });

  it('Invalid lines of NDJSON are reported with line and member, and both items of a repeated reference are rejected', async () => {
    const [first, second] = ITEMS.map((item) => JSON.stringify(item));
    const zero = JSON.stringify({
      ...ITEMS[1],
      Reference: 'r3',
      cart: { lineItems: [{ ...SEATS, quantity: 0 }] },
    });
    const lines = ['{"reference":"r1"', '', '[]', first, second, second, zero];

    const { problems, ordered, rejectedText } = await readFileOf(lines.join('\n'), 'orders.jsonl');

    expect(ordered).toEqual(['r1']);
    expect(problems).toEqual([
      'line 1: must be complete JSON: it ends too early',
      expect.stringMatching(/^line 3: /),
      'line 5, reference: must be unique; line 6 has it as well',
      'line 6, reference: must be unique; line 5 has it as well',
      expect.stringMatching(/^line 7, cart\.lineItems\[0\]\.quantity: /),
    ]);
    expect(rejectedText).toBe(`${['{"reference":"r1"', '[]', second, second, zero].join('\n')}\n`);
  });
});

describe('JSON files', () => {
  it.each([
    ['the list of items', ITEMS],
    ['the body that the service accepts', { items: ITEMS }],
    ['the same body in the spelling of an SDK', { Reference: 'March', Items: ITEMS }],
  ])('A JSON file may be %s', async (_, document) => {
    const { values, problems } = await readFileOf(JSON.stringify(document), 'ORDERS.JSON');

    expect({ values, problems }).toEqual({ values: ITEMS, problems: [] });
  });

  it('A JSON file may set the options of the bulk order, with names in any letter case', async () => {
    const document = {
      Reference: 'March',
      errorPolicy: 'stopOnFirstError',
      ACCEPTVALID: true,
      repeats: 'order',
      Items: ITEMS,
    };

    expect((await readFileOf(JSON.stringify(document), 'orders.json')).head).toEqual({
      reference: 'March',
      errorPolicy: 'stopOnFirstError',
      acceptValid: true,
      repeats: 'order',
    });
  });

  it('Invalid items of a JSON file are reported with item and member', async () => {
    const { problems } = await readFileOf(
      JSON.stringify([{ ...ITEMS[0], customerId: 'x' }, null]),
      'orders.json',
    );

    expect(problems).toEqual([
      expect.stringMatching(/^items\[0\]\.customerId: /),
      expect.stringMatching(/^items\[1\]: /),
    ]);
  });

  it('Items of a JSON file are validated with the messages of the service, without those of a library', async () => {
    const cart = { lineItems: [{ quantity: 0, billingCycle: 'weekly' }] };
    const items = [
      { reference: 5, customerId: null, cart: 5 },
      { reference: 'r1', customerId: CUSTOMER, cart },
    ];

    const { problems } = await readFileOf(JSON.stringify(items), 'orders.json');

    expect(problems).toEqual([
      'items[0].reference: must be text',
      'items[0].customerId: is required',
      'items[0].cart: must be a cart: a JSON object with lineItems',
      'items[1].cart.lineItems[0].catalogItemId: is required',
      'items[1].cart.lineItems[0].quantity: must be at least 1',
      expect.stringMatching(
        /^items\[1\]\.cart\.lineItems\[0\]\.billingCycle: must be one of monthly, annual, /,
      ),
    ]);
  });

  it('The rejected items of a JSON file are written with the options of the bulk order, and can be read again', async () => {
    const document = { reference: 'March', items: [ITEMS[0], { ...ITEMS[1], customerId: 'x' }] };

    const { rejectedText } = await readFileOf(JSON.stringify(document), 'orders.json');
    const corrected = await readFileOf(rejectedText.replace('"x"', `"${CUSTOMER}"`), 'rejected.json');

    expect(corrected).toMatchObject({ head: { reference: 'March' }, values: [ITEMS[1]], ordered: ['r2'] });
  });

  it.each([
    ['{', 'line 1: must be complete JSON: it ends too early'],
    ['', 'line 1: must be complete JSON: it ends too early'],
    ['{"items": [{"a":"x\ny"}]}', 'line 1: must be complete JSON: it ends too early'],
    ['[\n{"a":1},\n  {"a":x}\n]', 'line 3: must be JSON, but is not from column 8 on: x}'],
    ['[\n{}\n{}]', 'line 3: must be JSON, but is not from column 1 on: {}]'],
    ['[{}] x', 'line 1: must be JSON, but is not from column 6 on: x'],
    ["[{'a':1}]", "line 1: must be JSON, but is not from column 3 on: 'a':1}]"],
    [`[{},\r\n,${'x'.repeat(50)}]`, `line 2: must be JSON, but is not from column 1 on: ,${'x'.repeat(39)}…`],
    [`${'['.repeat(40)}${']'.repeat(40)}`, 'line 1: must not be nested more than 32 levels deep'],
  ])('The text %j is rejected as a JSON file', async (text, sentence) => {
    await expect(readFileOf(text, 'orders.json')).rejects.toThrow(BadFile);
    await expect(readFileOf(text, 'orders.json')).rejects.toThrow(`orders.json, ${sentence}`);
  });

  it.each(['5', 'null', '{"items":{}}'])(
    'A JSON file without a list of items is rejected: %s',
    async (text) => {
      await expect(readFileOf(text, 'orders.json')).rejects.toThrow(
        'orders.json must be a list of items, or an object with the list items',
      );
    },
  );
});

describe('Order files', () => {
  it('An order file is recognized by its extension', async () => {
    await expect(readOrderFile('orders.xlsx')).rejects.toThrow(
      'orders.xlsx: the extension must be one of .csv, .tsv, .txt, .ndjson, .jsonl, .json.',
    );
  });

  it.each(['orders.tsv', 'orders.txt'])('An order file may be tab-separated text: %s', async (name) => {
    const text = `reference\tcustomerId\tcartId\nr1\t${CUSTOMER}\t${CART}\n`;

    expect((await readFileOf(text, name)).ordered).toEqual(['r1']);
  });

  it('The format of the result file is that of the order file', async () => {
    const text = `\ufeffsep=;\r\nreference;customerId;cartId\r\nr1;${CUSTOMER};${CART}\r\n`;

    expect((await readFileOf(text)).format).toEqual({
      encoding: 'utf-8',
      hasMark: true,
      lineEnd: '\r\n',
      delimiter: ';',
      hasSepLine: true,
    });
  });

  it('An order file that does not exist is reported with its path', async () => {
    const path = (await fileWith('', 'other.txt')).replace('other.txt', 'gone.csv');

    await expect(readOrderFile(path)).rejects.toThrow(`${path} cannot be read (ENOENT).`);
  });

  it('A problem with an order file names its path as it was typed', async () => {
    vi.stubEnv('INIT_CWD', dirname(await fileWith('[1', 'orders.json')));

    await expect(readOrderFile('orders.json')).rejects.toThrow(/^orders\.json, line 1: /);
    await expect(readOrderFile('gone.csv')).rejects.toThrow(/^gone\.csv cannot be read /);
    await expect(readOrderFile('')).rejects.toThrow(/^'': the extension must be one of /);
  });
});
