/** The page about events: its examples are valid, and its TypeScript snippet verifies what the service signs. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { CloudEvent as SdkEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../shared/events/cloudEvent.ts';
import { EVENT_SCHEMAS, eventEnvelope } from '../../shared/events/schemas.ts';
import { newSecret, signatureHeaders } from '../../shared/webhooks/signature.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/events.md'), 'utf8');
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

it('The TypeScript snippet verifies what the service signs, and nothing else', async () => {
  const [source = ''] = blocks('ts');
  const code = stripTypeScriptTypes(source);
  const { verify } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    verify: (headers: Record<string, string | undefined>, body: string, secret: string) => boolean;
  };
  const [secret, previous, body] = [newSecret(), newSecret(), '{"EventName":"cart-expired"}'];
  const signed = (timestamp: number) => signatureHeaders({ id: 'id-1', timestamp, body }, [secret, previous]);
  const nowS = Math.floor(Date.now() / 1_000);

  expect(verify(signed(nowS), body, secret)).toBe(true);
  expect(verify(signed(nowS), body, previous)).toBe(true);
  expect(verify(signed(nowS), body, newSecret())).toBe(false);
  expect(verify(signed(nowS), `${body} `, secret)).toBe(false);
  expect(verify(signed(nowS - 301), body, secret)).toBe(false);
  expect(verify({ ...signed(nowS), 'webhook-id': undefined }, body, secret)).toBe(false);
});
