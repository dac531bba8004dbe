/** The requests of the bulk command against a server that answers as it is told, or not at all. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bulkService } from '../../../cli/bulk/client.ts';
import { RefusedByService, Unreachable } from '../../../cli/bulk/refusals.ts';

type Reply = (response: ServerResponse) => void;

const QUICK = {
  initialIntervalMs: 1,
  maximumIntervalMs: 10,
  maximumAttempts: Number.POSITIVE_INFINITY,
  scheduleToCloseMs: 10_000,
};
const ID = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
const NAMES = 'index,reference,customerId,cartId,state,orders,errorCode,error';
const ORDER = { id: ID, state: 'running', counts: {} };

const cut: Reply = (response) => response.destroy();
const reply =
  (status: number, body: unknown = {}, headers = {}): Reply =>
  (response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

/** A service that replies in this order, and then no more; with what it was asked. */
async function serve(replies: Reply[], patience = QUICK) {
  const asked: { request: string; id: unknown; body: string; authorization: unknown }[] = [];
  const troubles: string[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { 'ms-requestid': id, authorization } = request.headers;
    const body = (await request.toArray()).join('');
    asked.push({ request: `${request.method} ${request.url}`, id, body, authorization });
    (replies.shift() ?? cut)(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = bulkService({ url, token: 't' }, { patience, onTrouble: (why) => troubles.push(why) });
  return { service, asked, troubles, url };
}

describe('a request is repeated, under its own id,', () => {
  it.each<[string, Reply, string]>([
    ['when its answer is lost', cut, 'does not answer (UND_ERR_SOCKET)'],
    ['after 429', reply(429, {}, { 'Retry-After': '0' }), 'answers 429'],
    ['after 503', reply(503), 'answers 503'],
    ['after a 409 that asks for it', reply(409, {}, { 'Retry-After': '0' }), 'answers 409'],
  ])('%s', async (_, first, why) => {
    const { service, asked, troubles, url } = await serve([first, first, reply(202, ORDER)]);

    const order = await service.submit('{"items":[]}', 'the-id');

    const same = {
      request: 'POST /v1/bulkorders',
      id: 'the-id',
      body: '{"items":[]}',
      authorization: 'Bearer t',
    };
    expect(order).toEqual(ORDER);
    expect(asked).toEqual([same, same, same]);
    expect(troubles[0]).toBe(`The service at ${url} ${why}; trying again in 1 s.`);
  });

  it('not before the service asks for it', async () => {
    const { service } = await serve([reply(429, {}, { 'Retry-After': '1' }), reply(200, ORDER)]);
    const startedMs = performance.now();

    await service.get(ID);

    expect(performance.now() - startedMs).toBeGreaterThan(990);
  });

  it('until patience ends', async () => {
    const { service, url } = await serve([], { ...QUICK, scheduleToCloseMs: 50 });

    const submitted = service.submit('{}', 'the-id');

    await expect(submitted).rejects.toThrow(Unreachable);
    await expect(submitted).rejects.toThrow(
      `The service at ${url} does not answer (UND_ERR_SOCKET). The same command goes on where it was.`,
    );
  });
});

it('the items are read line by line', async () => {
  const text = `${NAMES}\r\n1,"r,2",c,x,succeeded,o1 o2,,\r\n0,r1,,,rejected,,800002,"is ""no"" GUID"\r\n`;
  const { service } = await serve([reply(200, text), reply(200, `${NAMES}\r\n`)]);

  expect(await service.lines(ID)).toEqual([
    ['1', 'r,2', 'c', 'x', 'succeeded', 'o1 o2', '', ''],
    ['0', 'r1', '', '', 'rejected', '', '800002', 'is "no" GUID'],
  ]);
  expect(await service.lines(ID)).toEqual([]);
});

describe('a no', () => {
  it('is told in the words of the service, with what it is about', async () => {
    const data = [{ path: 'reference', message: 'too long' }];
    const { service, asked } = await serve([reply(400, { code: '800002', description: 'Malformed.', data })]);

    const submitted = service.submit('{}', 'the-id');

    await expect(submitted).rejects.toThrow(RefusedByService);
    await expect(submitted).rejects.toThrow(
      'The service refuses (400, code 800002): Malformed.\n  reference: too long',
    );
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['a page', reply(200, '<html>')],
    ['JSON of something else', reply(200, { counted: 5 })],
    ['null', reply(200, 'null')],
    ['a member of the same name', reply(200, { counts: null })],
  ])('is what another server answers: %s', async (_, answer) => {
    const { service } = await serve([answer]);

    await expect(service.get(ID)).rejects.toThrow('What answers there is not this service');
  });

  it.each([
    ['<html>'],
    ['{"counts":{}}'],
    [''],
    ['"not closed'],
    [`${NAMES}\r\n0,r1`],
    [`${NAMES}\r\n0,"r1`],
  ])('is what another server answers for the items, or half of what this one does: %j', async (text) => {
    const { service } = await serve([reply(200, text)]);

    const items = service.lines(ID);

    await expect(items).rejects.toThrow(RefusedByService);
    await expect(items).rejects.toThrow('What answers there is not this service');
  });

  it.each([
    ['"data":null', ''],
    ['"data":{"message":"y"}', ''],
    ['"data":"y"', ''],
    ['"data":[null,5,"y",{}]', ''],
    ['"data":[null,{"message":"No."}]', '\n  No.'],
  ])('may come from what stands before the service, with anything in it: %s', async (data, told) => {
    const { service } = await serve([reply(403, `{"code":"x","description":"No entry.",${data}}`)]);

    const got = service.get(ID);

    await expect(got).rejects.toThrow(RefusedByService);
    await expect(got).rejects.toThrow(
      new RegExp(`^The service refuses \\(403, code x\\): No entry\\.${told}$`),
    );
  });

  it('is a redirect, so that the token stays here', async () => {
    const { service, asked, url } = await serve([reply(302, '', { Location: '/elsewhere' })]);

    await expect(service.get(ID)).rejects.toThrow('The service refuses (302)');
    expect([asked.length, url]).toEqual([1, expect.any(String)]);
  });

  it('to a retry of what runs already, maybe since an answer was lost, is no matter', async () => {
    const { service, asked } = await serve([reply(409, { code: '810002' }), reply(200, ORDER)]);

    expect(await service.retry(ID, ['failed'])).toEqual(ORDER);
    expect(asked.map(({ request }) => request)).toEqual([
      `POST /v1/bulkorders/${ID}/retry`,
      `GET /v1/bulkorders/${ID}`,
    ]);
  });
});
