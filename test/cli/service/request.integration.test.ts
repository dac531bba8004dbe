/** Requests to a service that fails, rejects, redirects, or is hidden by a proxy for a while. */
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
const OURS = { thing: 1 };
const ours = reply(200, OURS);
const isOurs = (body: object) => 'thing' in body;
const error = (status: number, code = 'x', headers = {}) =>
  reply(status, { code, description: 'No.', data: [] }, headers);
const proxyPage = reply(403, '<html>Blocked by the firewall</html>');

/** A requester at a server that replies in this order. */
async function setUp(replies: Reply[], { patience = QUICK, tokens = fixedToken('t') as TokenSource } = {}) {
  const troubles: string[] = [];
  const { url, received } = await serve(replies);
  const request = requester({ url, tokens }, { patience, onTrouble: (why) => troubles.push(why) });
  return {
    url,
    received,
    troubles,
    send: (sent: typeof GET | typeof POST = GET) => request(sent, isOurs),
    tokensSent: () => received.map(({ authorization }) => authorization),
  };
}

/** A source that gives one token after another, and the last one from then on. */
const tokensOf = (...tokens: string[]): TokenSource =>
  requestedToken(async () => (tokens.length > 1 ? (tokens.shift() ?? '') : (tokens[0] ?? '')));

describe('A request is repeated under its own id', () => {
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
  ])('%s.', async (_, first, why) => {
    const { send, received, troubles, url } = await setUp([first, first, ours]);

    const body = await send(POST);

    const same = { request: 'POST /v1/things', id: 'the-id', body: '{"n":1}', authorization: 'Bearer t' };
    expect(body).toEqual(OURS);
    expect(received).toEqual([same, same, same]);
    expect(troubles[0]).toBe(`The service at ${url} ${why}; trying again in 1 s.`);
  });

  it('not before the time that Retry-After names.', async () => {
    const { send } = await setUp([reply(429, {}, { 'Retry-After': '1' }), ours]);
    const startedMs = performance.now();

    await send();

    expect(performance.now() - startedMs).toBeGreaterThan(990);
  });

  it('until patience ends.', async () => {
    const { send, url } = await setUp([], { patience: { ...QUICK, scheduleToCloseMs: 50 } });

    await expect(send()).rejects.toThrow(
      new Unreachable(
        `The service at ${url} does not answer (UND_ERR_SOCKET). The same command continues where it stopped.`,
      ),
    );
  });
});

describe('A rejection by the service', () => {
  it('is thrown at once, with its code, its description and the members that it names.', async () => {
    const data = [{ path: 'reference', message: 'is required' }];
    const { send, received } = await setUp([reply(400, { code: '800002', description: 'Malformed.', data })]);

    const sent = send();

    await expect(sent).rejects.toThrow(RejectedByService);
    await expect(sent).rejects.toThrow(
      /^The service rejects the request \(400, code 800002\): Malformed\.\n {2}reference: is required$/,
    );
    expect(received).toHaveLength(1);
  });

  it.each(['null', '{"message":"y"}', '"y"', '[null,5,"y",{}]'])(
    'may have any value as its data: %s.',
    async (data) => {
      const { send } = await setUp([reply(403, `{"code":"x","description":"No entry.","data":${data}}`)]);

      await expect(send()).rejects.toThrow(/^The service rejects the request \(403, code x\): No entry\.$/);
    },
  );
});

describe('A response in another format', () => {
  it.each([
    ['a page', reply(200, '<html>')],
    ['JSON of something else', reply(200, { counted: 5 })],
    ['null', reply(200, 'null')],
  ])('means a wrong URL when it comes first: %s.', async (_, first) => {
    const { send } = await setUp([first]);

    await expect(send()).rejects.toThrow('The URL does not lead to this service');
  });

  it('is repeated once the service has been reached, because a proxy may intervene for a while.', async () => {
    const { send } = await setUp([ours, reply(200, '<html>Please sign in'), reply(302), ours]);

    await send();

    expect(await send()).toEqual(OURS);
  });

  it('is not followed when it is a redirect, so that the token is not sent to another host.', async () => {
    const { send, received } = await setUp([reply(302, '', { Location: '/elsewhere' })]);

    await expect(send()).rejects.toThrow('The service redirects (302): pass the URL that it redirects to.');
    expect(received).toHaveLength(1);
  });
});

describe('A token that is no longer accepted', () => {
  it('is read again from its source, and the request continues with the new one.', async () => {
    const { send, tokensSent, troubles } = await setUp([ours, error(401), ours], {
      tokens: tokensOf('old', 'new'),
    });

    await send();
    expect(await send()).toEqual(OURS);

    expect(tokensSent()).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
    expect(troubles).toEqual([]);
  });

  it('is waited for when the source does not have another one yet.', async () => {
    const tokens = tokensOf('old', 'old', 'old', 'new');
    const { send, tokensSent, troubles } = await setUp([ours, error(401), error(401), ours], { tokens });

    await send();
    await send();

    expect(tokensSent().at(-1)).toBe('Bearer new');
    expect(troubles[0]).toMatch(/does not accept the token \(401\); trying again in 1 s\.$/);
  });

  it('is not replaced in a loop when the service accepts none.', async () => {
    let count = 0;
    const tokens = requestedToken(async () => `t${++count}`);
    const { send } = await setUp([ours, ...Array(50).fill(error(401))], {
      tokens,
      patience: { ...QUICK, initialIntervalMs: 20, maximumIntervalMs: 20, scheduleToCloseMs: 100 },
    });

    await send();

    await expect(send()).rejects.toThrow(/does not accept the token \(401\)/);
    expect(count).toBeLessThan(15);
  });

  it('ends the command when it cannot be renewed.', async () => {
    const { send } = await setUp([ours, error(401)]);

    await send();

    await expect(send()).rejects.toThrow('The service rejects the request (401, code x): No.');
  });

  it('ends the command at once when none has been accepted before.', async () => {
    const { send, received } = await setUp([error(401)], { tokens: tokensOf('t') });

    await expect(send()).rejects.toThrow(RejectedByService);
    expect(received).toHaveLength(1);
  });
});
