/** `cartwright parked` on a running stack: parked and dead-lettered messages are listed, shown and replayed. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cartwright, entry, type Outcome } from '../cli/processes.ts';
import { direct, ledgerOf } from './deskClient.ts';
import { createCart } from './orders.ts';
import { isAboutCart, parkedNow, parkedSoon } from './parkedMessages.ts';
import { eventually, type Service, sharedService } from './running.ts';

/** Several commands run after one another, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };

let service: Service;
let call: Service['call'];
let bus: ServiceBusClient;
let carts: [Cart, Cart, Cart, Cart];
beforeAll(async () => {
  service = await sharedService('checkout');
  call = service.call;
  bus = new ServiceBusClient(service.serviceBusConnection);
  carts = (await exhaustedCarts(4)) as typeof carts;
});
afterAll(() => bus?.close());

/** Runs the command on this stack. */
const parked = (...args: string[]) => cartwright('parked', ...args, '--data', service.dataFolder);

/** `--data` takes precedence over the environment. */
const ELSEWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=x;UseDevelopmentEmulator=true;';

/** Runs the command on this stack as a process. */
function parkedProcess(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, ServiceBusConnection: ELSEWHERE };
  const all = [entry, 'parked', ...args, '--data', service.dataFolder];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

type Cart = Awaited<ReturnType<typeof createCart>>;

/** Carts whose checkouts have used up their attempts. */
async function exhaustedCarts(count: number): Promise<Cart[]> {
  const carts = await Promise.all(Array.from({ length: count }, () => createCart(call)));
  const closed = { status: 503, description: 'Closed.' };
  await direct(
    service,
    carts.map(({ customer }) => ({ match: { customer }, times: 3, answer: closed })),
  );
  const answers = await Promise.all(carts.map(({ path }) => call('POST', `${path}/checkout`)));
  expect(answers.map(({ status }) => status)).toEqual(carts.map(() => 409));
  // The cart's state answers the caller; the copy is parked a moment later.
  await Promise.all(carts.map(({ cartId }) => parkedSoon(service, isAboutCart(cartId))));
  return carts;
}

describe('A checkout whose attempts are exhausted', () => {
  it('A parked checkout is listed with its cart and reason, and shown with its body', SLOW, async () => {
    const { cartId, customer } = carts[0];

    const list = await parkedProcess('list', '--cart', cartId);
    const id = /(\S+\.exhausted) /.exec(list.out)?.[1] ?? '';
    const shown = await parked('show', id);

    expect(list.code).toBe(0);
    expect(list.out).toMatch(
      new RegExp(`^${id} +checkout +AttemptsExhausted +\\d+ s +${cartId} +parked$`, 'm'),
    );
    expect(list.out).toMatch(/1 of \d+ messages listed/);
    expect(shown.out).toContain('description: 3 attempts; the last problem: Closed.');
    expect(shown.out).toContain(`"customer": "${customer}"`);
  });

  it('A parked checkout is ordered once, however often it is replayed', SLOW, async () => {
    const { cartId, customer, path } = carts[1];
    const [copy] = await parkedNow(service, isAboutCart(cartId));

    const first = await parked('replay', '--cart', cartId);
    await eventually(async () => (await call('GET', path)).body.status === 'Ordered');
    await bus.createSender('parked').sendMessages({
      body: copy?.body,
      messageId: randomUUID(),
      applicationProperties: copy?.applicationProperties ?? {},
    });
    const second = await parked('replay', '--cart', cartId);
    await eventually(async () => {
      const { active, locked } = await service.counts('checkout');
      return active + locked === 0;
    });

    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.out).toBe('1 of 1 messages replayed, 0 failed, 0 not taken.\n');
    expect(second.out).toBe('1 of 1 messages replayed, 0 failed, 0 not taken.\n');
    expect(await ledgerOf(service, customer)).toHaveLength(1);
  });

  it(
    'A parked checkout stays in the queue in a dry run, and when a filter does not match it',
    SLOW,
    async () => {
      const { cartId } = carts[2];
      const before = await parkedNow(service, isAboutCart(cartId));

      const dry = await parked('replay', '--dry-run', '--cart', cartId);
      const young = await parked('replay', '--older-than', 'PT1H');
      const others = await parked('replay', '--tenant', randomUUID());

      expect(dry.out).toMatch(/1 of \d+ messages would be replayed/);
      expect([dry.code, young.code, others.code]).toEqual([0, 0, 0]);
      const after = await parkedNow(service, isAboutCart(cartId));
      expect(after.map(sequenceOf)).toEqual(before.map(sequenceOf));
    },
  );
});

describe('A message that cannot be read', () => {
  it('An unreadable message is parked again by each replay, and not lost', SLOW, async () => {
    const note = randomUUID();
    await bus.createSender('checkout').sendMessages({ body: { type: 'unknown', note } });
    const find = async () => (await parkedSoon(service, ({ body }) => body?.note === note))[0];
    const ids = new Set([(await find())?.messageId]);

    for (const round of [1, 2]) {
      const { code } = await parked('replay', '--reason', 'unreadable');
      ids.add((await find())?.messageId);

      expect([round, code, ids.size]).toEqual([round, 0, round + 1]);
    }
  });
});

describe('A dead letter', () => {
  it('A dead letter is sent to its queue unchanged, whatever messages are before it', SLOW, async () => {
    const { cartId } = carts[3];
    const waiting = await parkedNow(service, () => true);
    await deadLetter(cartId);

    const list = await parked('list', '--cart', cartId);
    const { code } = await parked('replay', '--cart', cartId, '--rate', '5');

    expect(list.out).toContain('parked/$DeadLetterQueue');
    expect(code).toBe(0);
    const others = waiting.filter((message) => !isAboutCart(cartId)(message)).map(sequenceOf);
    expect(await parkedNow(service, () => true, { subQueueType: 'deadLetter' })).toEqual([]);
    expect(await parkedNow(service, isAboutCart(cartId))).toEqual([]);
    expect((await parkedNow(service, () => true)).map(sequenceOf)).toEqual(expect.arrayContaining(others));
    expect(others.length).toBeGreaterThan(0);
  });

  it(
    'The replay of a message that names no queue fails with the reason, and the message stays',
    SLOW,
    async () => {
      const id = randomUUID();
      await bus.createSender('parked').sendMessages({ body: 'text', messageId: id });

      const { code, out, err } = await parked('replay', id);

      expect(code).toBe(1);
      expect(out).toContain('0 of 1 messages replayed, 1 failed');
      expect(err).toContain(`${id} was not replayed: it does not name the queue it came from`);
      expect((await parked('show', id)).out).toContain('\nbody:\n"text"');
    },
  );
});

it('The command ends with 2 when it is invalid, and with 1 when there is no such message', async () => {
  const [asked, missing] = await Promise.all([parked('lst'), parked('show', 'none')]);

  expect(asked).toMatchObject({
    code: 2,
    err: expect.stringContaining("Unknown command 'lst': must be one of list, show, replay."),
  });
  expect(missing).toMatchObject({ code: 1, err: 'There is no parked or dead-lettered message none.\n' });
});

/** Moves the message of a cart from `parked` to its dead letters, and leaves the others. */
async function deadLetter(cartId: string): Promise<void> {
  const receiver = bus.createReceiver('parked');
  const others = [];
  for (;;) {
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
    if (!message) throw new Error('The message of the cart is not parked.');
    if (isAboutCart(cartId)(message)) {
      const why = { deadLetterReason: 'Test', deadLetterErrorDescription: 'Dead by hand.' };
      await receiver.deadLetterMessage(message, why);
      break;
    }
    others.push(message);
  }
  for (const message of others) await receiver.abandonMessage(message);
  await receiver.close();
}

const sequenceOf = ({ sequenceNumber }: ServiceBusReceivedMessage) => String(sequenceNumber);
