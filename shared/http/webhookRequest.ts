/** The body of a webhook registration: Partner Center's, with the payload and the handshake as additions (docs/contract.md 22.2, 22.3). */
import * as z from 'zod';
import { type FieldProblem, isCarriable, UNCARRIABLE, validate } from '../validation.ts';
import { readWebhookUrl } from '../webhooks/address.ts';
import { ALL_EVENT_NAMES, type EventName, PAYLOADS } from '../webhooks/payload.ts';
import type { RegistrationDraft } from '../webhooks/registration.ts';
import { canonicalize, lenientName } from './canonicalize.ts';
import type { Policies } from './context.ts';
import { readJsonObject } from './json.ts';
import { type BodyReader, invalid } from './route.ts';

const MAX_BYTES = 16_384;
/** What no deployment accepts is reported with the other problems of the body. */
const MOST_LENIENT = { allowsLoopback: true };

/** The body as the reference describes it. */
export const webhookRequest = z
  .object({
    WebhookUrl: z
      .string()
      .refine(isCarriable, { message: UNCARRIABLE, abort: true })
      .superRefine((text, context) => {
        const read = readWebhookUrl(text, MOST_LENIENT);
        if ('problem' in read) context.addIssue({ code: 'custom', message: read.problem });
      })
      .describe('Where events are sent: `https` at a public host, port 443.'),
    WebhookEvents: z
      .array(lenientName(ALL_EVENT_NAMES as [EventName, ...EventName[]]))
      .min(1)
      .max(50)
      .describe('The names of the events to receive.'),
    Payload: lenientName(PAYLOADS)
      .optional()
      .describe('`partnerCenter` (default) or `cloudEvents`: the form of the events.'),
    Handshake: z
      .boolean()
      .optional()
      .describe('Whether the receiver must consent by the CloudEvents handshake before it is registered.'),
    SignatureTokenToMsSignatureHeader: z
      .boolean()
      .optional()
      .describe('Accepted for compatibility, without effect: the signature has separate headers.'),
  })
  .describe('Where and which events are sent.');

const SHAPE = {
  WebhookUrl: 'value',
  WebhookEvents: 'value',
  Payload: 'value',
  Handshake: 'value',
  SignatureTokenToMsSignatureHeader: 'value',
} as const;

/** Reads a registration. The endpoint checks the URL, because what it accepts depends on a setting. */
export const webhookBodyReader: BodyReader<RegistrationDraft, unknown> = {
  schema: webhookRequest,
  isRequired: true,
  maxBytes: MAX_BYTES,
  async read({ bytes }) {
    const read = readJsonObject(bytes, 'a webhook registration: a JSON object', MAX_BYTES);
    if ('error' in read) return read;
    const result = validate(webhookRequest, canonicalize(read.json, SHAPE));
    if ('problems' in result) return { error: invalid(result.problems) };
    const { WebhookUrl, WebhookEvents, Payload, Handshake, SignatureTokenToMsSignatureHeader } = result.value;
    return {
      body: {
        url: WebhookUrl,
        events: [...new Set(WebhookEvents)],
        payload: Payload ?? 'partnerCenter',
        handshake: Handshake ?? false,
        signatureTokenToMsSignatureHeader: SignatureTokenToMsSignatureHeader,
      },
    };
  },
};

/** The error of a URL that this deployment does not accept, although another may. */
export function urlError({ url }: RegistrationDraft, { webhooks }: Pick<Policies, 'webhooks'>) {
  const read = readWebhookUrl(url, webhooks);
  if ('url' in read) return undefined;
  const problem: FieldProblem = { path: 'WebhookUrl', message: read.problem };
  return invalid([problem]);
}
