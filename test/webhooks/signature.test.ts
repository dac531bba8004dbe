/** Signatures, verified by the public package of Standard Webhooks. */
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { isSecret, newSecret, signatureHeaders, signatureProblem } from '../../shared/webhooks/signature.ts';

const nowS = () => Math.floor(Date.now() / 1_000);
const signedWith = (secrets: string[], body = '{"EventName":"cart-expired"}', timestamp = nowS()) => ({
  body,
  headers: signatureHeaders({ id: '06866023497616-5f0d8c1e2b3a49687756c4d1', timestamp, body }, secrets),
});

describe('a delivery', () => {
  it.each(['{"EventName":"cart-expired"}', '{}', '{"text":"Zoë 🛒 \u2028"}'])(
    'A delivery is verified by the public package: %j',
    (body) => {
      const secret = newSecret();

      expect(new Webhook(secret).verify(body, signedWith([secret], body).headers)).toEqual(JSON.parse(body));
    },
  );

  it('A delivery is verified with the new and with the previous secret while both sign', () => {
    const [current, previous] = [newSecret(), newSecret()];
    const { body, headers } = signedWith([current, previous]);

    for (const secret of [current, previous]) {
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
      expect(signatureProblem(headers, body, { secret, nowS: nowS() })).toBeUndefined();
    }
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  });

  it('The public package rejects another secret, another body, another id and an old timestamp', () => {
    const secret = newSecret();
    const { body, headers } = signedWith([secret]);
    const webhook = new Webhook(secret);

    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
    expect(() => webhook.verify(`${body} `, headers)).toThrow();
    expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'other' })).toThrow();
    expect(() => webhook.verify(body, signedWith([secret], body, nowS() - 301).headers)).toThrow();
  });
});

describe('our verification', () => {
  const secret = newSecret();

  it('The verification accepts what the public package signs', () => {
    const body = '{"a":1}';
    const at = new Date();
    const signature = new Webhook(secret).sign('id-1', at, body);
    const headers = {
      'webhook-id': 'id-1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': `v1,bm9uZQ== ${signature}`,
    };

    expect(signatureProblem(headers, body, { secret, nowS: nowS() })).toBeUndefined();
  });

  it.each([
    ['webhook-id', undefined, 'missing'],
    ['webhook-timestamp', undefined, 'missing'],
    ['webhook-signature', undefined, 'missing'],
    ['webhook-timestamp', 'soon', 'not a number'],
    ['webhook-timestamp', String(nowS() - 301), 'differs from now'],
    ['webhook-timestamp', String(nowS() + 310), 'differs from now'],
    ['webhook-signature', 'v1,', 'No signature'],
    ['webhook-signature', 'v2,AAAA', 'No signature'],
  ])('The verification rejects the header %s with the value %s', (name, value, reason) => {
    const { body, headers } = signedWith([secret]);

    expect(signatureProblem({ ...headers, [name]: value }, body, { secret, nowS: nowS() })).toContain(reason);
  });
});

it('A secret has 32 random bytes, and other forms are not secrets', () => {
  expect(isSecret(newSecret())).toBe(true);
  expect(newSecret()).not.toBe(newSecret());
  for (const text of ['', 'whsec_', 'whsec_short', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_%%%']) {
    expect(isSecret(text)).toBe(false);
  }
});
