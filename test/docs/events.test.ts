/** The page about events: its examples are valid, and its TypeScript snippet verifies what the service signs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudEvent as SdkEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { verify } from '../../docs/snippets/verify.ts';
import { EVENT_TYPES } from '../../shared/events/cloudEvent.ts';
import { EVENT_SCHEMAS, eventEnvelope } from '../../shared/events/schemas.ts';
import { newSecret, signatureHeaders } from '../../shared/webhooks/signature.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const SNIPPETS = join(DOCS, 'snippets');
const page = readFileSync(join(DOCS, 'events.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);
const events = blocks('json')
  .map((text) => JSON.parse(text) as Record<string, unknown>)
  .filter(({ specversion }) => specversion !== undefined);

it('The page has an example of every event type', () => {
  expect(events.map(({ type }) => type).sort()).toEqual([...EVENT_TYPES].sort());
});

describe.each(events.map((event) => [String(event.type), event] as const))('%s', (_, example) => {
  it('The example is a valid CloudEvent with all members of its schema', () => {
    const event = eventEnvelope.parse(example);
    const schema = EVENT_SCHEMAS[event.type];

    expect(new SdkEvent(example as Partial<SdkEvent>).validate()).toBe(true);
    expect(schema.parse(event.data)).toEqual(event.data);
    expect(Object.keys(event.data)).toEqual(Object.keys(schema.shape).filter((name) => name !== 'truncated'));
  });
});

it('The TypeScript snippet verifies what the service signs, and nothing else', () => {
  const [secret, previous, body] = [newSecret(), newSecret(), '{"EventName":"cart-expired"}'];
  const signed = (timestamp: number) => signatureHeaders({ id: 'id-1', timestamp, body }, [secret, previous]);
  const nowS = Math.floor(Date.now() / 1_000);

  expect(verify(signed(nowS), body, secret)).toBe(true);
  expect(verify(signed(nowS), body, previous)).toBe(true);
  expect(verify(signed(nowS), body, newSecret())).toBe(false);
  expect(verify(signed(nowS), `${body} `, secret)).toBe(false);
  expect(verify(signed(nowS - 301), body, secret)).toBe(false);
  expect(verify(signed(nowS + 310), body, secret)).toBe(false);
  const hostile = {
    'webhook-id': [undefined, '', 'id-2'],
    'webhook-timestamp': [undefined, '', 'soon', 'NaN', '-9223372036854775808', '9'.repeat(30)],
    'webhook-signature': [undefined, '', ' ', 'v1,', 'v1,%%%', 'v1a,AAAA', 'v1', `v1,${'A'.repeat(44)}`],
  };
  for (const [name, values] of Object.entries(hostile)) {
    for (const value of values) {
      expect(verify({ ...signed(nowS), [name]: value }, body, secret)).toBe(false);
    }
  }
});

// Each was compiled and run with vectors of the public package: .NET 10, Java 17, PowerShell 7.6.
it.each([
  ['ts', 'verify.ts'],
  ['csharp', 'Webhook.cs'],
  ['java', 'Webhook.java'],
  ['powershell', 'Test-Webhook.ps1'],
])('The %s snippet of the page is the file %s', (language, file) => {
  expect(blocks(language)).toEqual([readFileSync(join(SNIPPETS, file), 'utf8')]);
});
