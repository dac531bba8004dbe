/** The running service with a catalogue: what a storefront sees of what is not for sale, and of what is. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { hostCommand, repositoryFolder } from '../../local/stack/commands.ts';
import { dataFolderAt } from '../../local/stack/dataFolder.ts';
import { hostEnvironment } from '../../local/stack/hostEnvironment.ts';
import { supervise } from '../../local/stack/supervise.ts';
import { createCart, RESERVATION, SEATS } from './orders.ts';
import { type Service, sharedService } from './running.ts';

const UNNAMED_SEATS = {
  catalogItemId: SEATS.catalogItemId,
  quantity: 5,
  billingCycle: 'monthly',
  termDuration: 'P1Y',
};

let service: Service;
let call: Service['call'];
beforeAll(async () => {
  service = await sharedService('package');
  call = service.call;
});

it('A checkout orders catalogue items, with the title of the catalogue where the line item has no friendly name', async () => {
  const { path, created } = await createCart(call, [RESERVATION, UNNAMED_SEATS]);

  const checkedOut = await call('POST', `${path}/checkout`);

  expect(created.body.lineItems?.map(({ friendlyName, error }) => [friendlyName, error])).toEqual([
    ['A_sample_Azure_RI', undefined],
    [undefined, undefined],
  ]);
  expect(checkedOut.status).toBe(201);
  const lines = checkedOut.body.orders?.flatMap(({ lineItems }) => lineItems) ?? [];
  expect(lines.map(({ friendlyName }) => friendlyName)).toEqual([
    'A_sample_Azure_RI',
    'Microsoft Entra ID P1',
  ]);
});

it('A cart with items that are not purchasable is stored with an error on each line, and its checkout is rejected', async () => {
  const { path, created } = await createCart(call, [
    { ...RESERVATION, catalogItemId: 'DG7GMGF0DWTL:0009:DG7GMGF0DSJB' },
    { ...SEATS, quantity: 10_001 },
    { ...SEATS, currencyCode: 'EUR' },
    { ...SEATS, billingCycle: 'one_time' },
  ]);

  const refused = await call('POST', `${path}/checkout`);

  expect(created.body.lineItems?.map(({ error }) => error)).toMatchObject([
    { errorCode: 10_001 },
    { errorCode: 10_015, additionalInformation: { availableQuantity: 10_000 } },
    { errorCode: 10_000 },
    { errorCode: 10_013 },
  ]);
  expect(refused).toMatchObject({ status: 400, body: { code: '800009' } });
  expect(refused.body.data).toHaveLength(4);
});

it('A cart is checked out after its line items were corrected', async () => {
  const { path } = await createCart(call, [{ ...SEATS, quantity: 10_001 }]);

  const replaced = await call('PUT', path, { body: { lineItems: [SEATS] } });
  const checkedOut = await call('POST', `${path}/checkout`);

  expect(replaced.body.lineItems?.[0]).not.toHaveProperty('error');
  expect(checkedOut.status).toBe(201);
});

it('The service does not start with a catalogue that it cannot read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cartwright-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const settings = { ...process.env, CATALOG_FILE: 'shared/catalog/nothing.json' };
  const environment = hostEnvironment(settings, service, randomUUID());

  const start = supervise({
    name: 'host',
    command: () => hostCommand(dataFolderAt(folder), repositoryFolder, environment, 0),
    log: () => undefined,
    onOutput: () => undefined,
    onRestart: async () => undefined,
  });

  await expect(start).rejects.toThrow('CATALOG_FILE: shared/catalog/nothing.json is not a catalogue.');
});
