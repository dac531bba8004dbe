/** Requests to a service that fails, rejects, redirects, or is temporarily hidden by a proxy. */
import { describe, expect, it } from 'vitest';
import { RejectedByService, Unreachable } from '../../../cli/service/errors.ts';
import { requester } from '../../../cli/service/request.ts';
import { fixedToken, requestedToken, type TokenSource } from '../../../cli/service/tokens.ts';
import { cut, type Reply, reply, serve } from './server.ts';

const QUICK = {
  initialIntervalMs: 1,
  maximumIntervalMs: 10,
  maximumAttempts: Number.POSITIVE_INFINITY,
  scheduleToCloseMs: 10_000,
};
const GET = { method: 'GET', path: '/v1/things' } as const;
const POST = { method: 'POST', path: '/v1/things', body: '{"n":1}', requestId: 'the-id' } as const;
const EXPECTED = { thing: 1 };
const success = reply(200, EXPECTED);
const isExpected = (body: object) => 'thing' in body;
const error = (status: number, code = 'x', headers = {}) =>
  reply(status, { code, description: 'No.', data: [] }, headers);
const proxyPage = reply(403, '<html>Blocked by the firewall</html>');

/** A requester at a server that replies in this order. */
async function setUp(
  replies: Reply[],
  { retryPolicy = QUICK, tokens = fixedToken('t') as TokenSource } = {},
) {
  const retryReasons: string[] = [];
  const { url, received } = await serve(replies);
  const request = requester({ url, tokens }, { retryPolicy, onTrouble: (why) => retryReasons.push(why) });
  return {
    url,
    received,
    retryReasons,
    send: (sent: typeof GET | typeof POST = GET) => request(sent, isExpected),
    tokensSent: () => received.map(({ authorization }) => authorization),
  };
}

/** A source that returns these tokens in order, and the last one afterwards. */
const tokensOf = (...tokens: string[]): TokenSource =>
  requestedToken(async () => (tokens.length > 1 ? (tokens.shift() ?? '') : (tokens[0] ?? '')));

describe('Repeated requests', () => {
  it.each<[string, Reply, string]>([
    ['when the connection is lost before the response', cut, 'does not answer (UND_ERR_SOCKET)'],
    ['after 408', reply(408), 'answers 408'],
    ['after 429', reply(429, {}, { 'Retry-After': '0' }), 'answers 429'],
    ['after 503', reply(503), 'answers 503'],
    ['after a 409 with Retry-After', error(409, 'x', { 'Retry-After': '0' }), 'answers 409'],
    ['after the 403 page of a firewall', proxyPage, "answers 403, not in the service's format"],
    [
      'after the 404 JSON of a gateway',
      reply(404, { message: 'no route' }),
      "answers 404, not in the service's format",
    ],
  ])('A request is repeated under the same id %s', async (_, first, why) => {
    const { send, received, retryReasons, url } = await setUp([first, first, success]);

    const body = await send(POST);

    const same = { request: 'POST /v1/things', id: 'the-id', body: '{"n":1}', authorization: 'Bearer t' };
    expect(body).toEqual(EXPECTED);
    expect(received).toEqual([same, same, same]);
    expect(retryReasons[0]).toBe(`The service at ${url} ${why}; trying again in 1 s.`);
  });

  it('A request is not repeated before the time in Retry-After', async () => {
    const { send } = await setUp([reply(429, {}, { 'Retry-After': '1' }), success]);
    const startedMs = performance.now();

    await send();

    expect(performance.now() - startedMs).toBeGreaterThan(990);
  });

  it('A request is repeated until the time limit for retries has passed', async () => {
    const { send, url } = await setUp([], { retryPolicy: { ...QUICK, scheduleToCloseMs: 50 } });

    await expect(send()).rejects.toThrow(
      new Unreachable(
        `The service at ${url} does not answer (UND_ERR_SOCKET). The same command continues where it stopped.`,
      ),
    );
  });
});

describe('Rejections by the service', () => {
  it('A rejection is thrown immediately, with its code, its description and the members that it names', async () => {
    const data = [{ path: 'reference', message: 'is required' }];
    const { send, received } = await setUp([reply(400, { code: '800002', description: 'Malformed.', data })]);

    const sent = send();

    await expect(sent).rejects.toThrow(RejectedByService);
    await expect(sent).rejects.toThrow(
      /^The service rejects the request \(400, code 800002\): Malformed\.\n {2}reference: is required$/,
    );
    expect(received).toHaveLength(1);
  });

  it('A member that the description names already is not named twice', async () => {
    const data = [{ path: 'reference', message: 'is required' }];
    const { send } = await setUp([
      reply(400, { code: '800002', description: 'reference: is required', data }),
    ]);

    await expect(send()).rejects.toThrow(/\(400, code 800002\): reference: is required$/);
  });

  it.each(['null', '{"message":"y"}', '"y"', '[null,5,"y",{}]'])(
    'A rejection may have any value as its data: %s',
    async (data) => {
      const { send } = await setUp([reply(403, `{"code":"x","description":"No entry.","data":${data}}`)]);

      await expect(send()).rejects.toThrow(/^The service rejects the request \(403, code x\): No entry\.$/);
    },
  );
});

describe('Responses in another format', () => {
  it.each([
    ['a page', reply(200, '<html>')],
    ['JSON of another format', reply(200, { counted: 5 })],
    ['null', reply(200, 'null')],
  ])('A first response in another format indicates a wrong URL: %s', async (_, first) => {
    const { send } = await setUp([first]);

    await expect(send()).rejects.toThrow('The URL does not lead to this service');
  });

  it('A later response in another format causes a retry, because a proxy may intervene temporarily', async () => {
    const { send } = await setUp([success, reply(200, '<html>Please sign in'), reply(302), success]);

    await send();

    expect(await send()).toEqual(EXPECTED);
  });

  it('A redirect is not followed, so that the token is not sent to another host', async () => {
    const { send, received } = await setUp([reply(302, '', { Location: '/elsewhere' })]);

    await expect(send()).rejects.toThrow('The service redirects (302): pass the URL that it redirects to.');
    expect(received).toHaveLength(1);
  });
});

describe('Tokens that are no longer accepted', () => {
  it('A rejected token is read again from its source, and the request continues with the new one', async () => {
    const { send, tokensSent, retryReasons } = await setUp([success, error(401), success], {
      tokens: tokensOf('old', 'new'),
    });

    await send();
    expect(await send()).toEqual(EXPECTED);

    expect(tokensSent()).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
    expect(retryReasons).toEqual([]);
  });

  it('A request waits until the source of a rejected token has another one', async () => {
    const tokens = tokensOf('old', 'old', 'old', 'new');
    const { send, tokensSent, retryReasons } = await setUp([success, error(401), error(401), success], {
      tokens,
    });

    await send();
    await send();

    expect(tokensSent().at(-1)).toBe('Bearer new');
    expect(retryReasons[0]).toMatch(/does not accept the token \(401\); trying again in 1 s\.$/);
  });

  it('New tokens are not requested in a loop when the service accepts none', async () => {
    let count = 0;
    const tokens = requestedToken(async () => `t${++count}`);
    const { send } = await setUp([success, ...Array(50).fill(error(401))], {
      tokens,
      retryPolicy: { ...QUICK, initialIntervalMs: 20, maximumIntervalMs: 20, scheduleToCloseMs: 100 },
    });

    await send();

    await expect(send()).rejects.toThrow(/does not accept the token \(401\)/);
    expect(count).toBeLessThan(15);
  });

  it('A rejected token ends the command if it cannot be renewed', async () => {
    const { send } = await setUp([success, error(401)]);

    await send();

    await expect(send()).rejects.toThrow('The service rejects the request (401, code x): No.');
  });

  it('A rejected token ends the command immediately if no token was accepted before', async () => {
    const { send, received } = await setUp([error(401)], { tokens: tokensOf('t') });

    await expect(send()).rejects.toThrow(RejectedByService);
    expect(received).toHaveLength(1);
  });
});
