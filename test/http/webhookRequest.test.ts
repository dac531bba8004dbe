/** The body of a webhook registration: what is wrong is reported with the name of each member, and all at once. */
import { describe, expect, it } from 'vitest';
import { urlError, webhookBodyReader } from '../../shared/http/webhookRequest.ts';
import { ODD_CHARACTERS } from '../contract/oddCharacters.ts';

const URL_OF_HOOK = 'https://hooks.contoso.com/cartwright';
const VALID = { WebhookUrl: URL_OF_HOOK, WebhookEvents: ['cart-expired'] };
const NAMES =
  'cart-expiring, cart-expired, cart-ordered, cart-checkoutFailed, bulkorder-completed, test-created';

const CALLER = { tenant: 'a', app: 'b', principal: 'c', kind: 'app' as const, roles: [] };

const read = (body: unknown) =>
  webhookBodyReader.read({
    bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    contentType: 'application/json',
    query: {},
    queryText: '',
    caller: CALLER,
    identity: { ...CALLER, requestId: 'a', hasClientRequestId: false, correlationId: 'b' },
  });
const problemsOf = async (body: unknown) => {
  const result = await read(body);
  return 'error' in result ? (result.error.data ?? result.error.description) : [];
};

describe('A registration', () => {
  it.each([
    ['an empty body', '', 'The request needs a body.'],
    ['broken JSON', '{', 'The body is not valid JSON.'],
    ['null', 'null', 'The body must be a webhook registration: a JSON object.'],
    ['a list', '[]', 'The body must be a webhook registration: a JSON object.'],
    ['too many bytes', `${' '.repeat(17_000)}{}`, 'The body is larger than 16384 bytes.'],
  ])('A registration with %s is rejected with the reason', async (_, body, description) => {
    expect(await problemsOf(body)).toBe(description);
  });

  it.each([
    ['WebhookUrl', undefined, 'is required'],
    ['WebhookUrl', null, 'is required'],
    ['WebhookUrl', '', 'is required'],
    ['WebhookUrl', 5, 'must be text'],
    ['WebhookUrl', [URL_OF_HOOK], 'must be text'],
    ['WebhookUrl', 'http://hooks.contoso.com/', 'must begin with https://'],
    ['WebhookUrl', 'https://10.0.0.1/', 'must not name an address that is not public'],
    ['WebhookUrl', `${URL_OF_HOOK}\n`, 'must not contain spaces or control characters'],
    ['WebhookEvents', undefined, 'is required'],
    ['WebhookEvents', 'cart-expired', 'must be a list'],
    ['WebhookEvents', [], 'must not be empty'],
    ['WebhookEvents', Array(51).fill('cart-expired'), 'must have at most 50 entries'],
    ['WebhookEvents[1]', ['cart-expired', 'subscription-updated'], `must be one of ${NAMES}`],
    ['WebhookEvents[0]', [1], `must be one of ${NAMES}`],
    ['WebhookEvents[0]', ['1'], `must be one of ${NAMES}`],
    ['WebhookEvents[0]', [null], `must be one of ${NAMES}`],
    ['Payload', 'xml', 'must be one of partnerCenter, cloudEvents'],
    ['Payload', 1, 'must be one of partnerCenter, cloudEvents'],
    ['Handshake', 'yes', 'must be true or false'],
    ['SignatureTokenToMsSignatureHeader', 1, 'must be true or false'],
  ])('The member %s with the value %j is rejected by its name', async (path, value, message) => {
    const member = path.replace(/\[.*/, '');

    expect(await problemsOf({ ...VALID, [member]: value })).toEqual([{ path, message }]);
  });

  it('Every problem of a body is reported at once', async () => {
    const problems = await problemsOf({
      WebhookUrl: 'ftp://a',
      WebhookEvents: ['x'],
      Payload: 'y',
      Handshake: 3,
    });

    expect((problems as { path: string }[]).map(({ path }) => path)).toEqual([
      'WebhookUrl',
      'WebhookEvents[0]',
      'Payload',
      'Handshake',
    ]);
  });

  it('A loopback URL is rejected by a deployment, and accepted by the setting of the local stack', async () => {
    const result = await read({ ...VALID, WebhookUrl: 'http://127.0.0.1:8080/' });
    if (!('body' in result)) throw new Error('The body was rejected.');
    const errorWith = (allowsLoopback: boolean) =>
      urlError(result.body, { webhooks: { allowsLoopback } } as Parameters<typeof urlError>[1]);

    expect(errorWith(false)?.data).toEqual([{ path: 'WebhookUrl', message: 'must begin with https://' }]);
    expect(errorWith(true)).toBeUndefined();
  });

  it('Names are read in any spelling and once each, and unknown members are ignored', async () => {
    const body = { webhookurl: URL_OF_HOOK, WEBHOOKEVENTS: ['CartExpired', 'cart_expired'], Properties: {} };

    expect(await read(body)).toEqual({
      body: { url: URL_OF_HOOK, events: ['cart-expired'], payload: 'partnerCenter', handshake: false },
    });
  });
});

const UNCARRIABLE = ['NUL', 'U+FFFE', 'U+FFFF', 'a lone high surrogate', 'a lone low surrogate'];

it.each(ODD_CHARACTERS.filter(([name]) => UNCARRIABLE.includes(name)))(
  'The URL of a webhook does not contain %s',
  async (_, character) => {
    expect(await problemsOf({ ...VALID, WebhookUrl: `${URL_OF_HOOK}?${character}` })).toMatchObject([
      { path: 'WebhookUrl' },
    ]);
  },
);
