/** Webhook registrations and deliveries as the service returns them. The tests hold real responses against these. */
import * as z from 'zod';
import { ALL_EVENT_NAMES, PAYLOADS } from '../webhooks/payload.ts';
import { attributes, link, timestamp } from './cartSchemas.ts';

export const webhookEventNames = z.array(z.enum(ALL_EVENT_NAMES)).describe('Names of events.');

export const webhook = z
  .object({
    SubscriberId: z.guid().describe('The partner tenant.'),
    WebhookUrl: z.string().describe('Where events are sent.'),
    WebhookEvents: webhookEventNames.describe('The events that are sent.'),
    Payload: z.enum(PAYLOADS).describe('The form of the events.'),
    Handshake: z.boolean().describe('Whether the receiver consented by the CloudEvents handshake.'),
    SignatureTokenToMsSignatureHeader: z.boolean().optional().describe('As registered; without effect.'),
    Status: z
      .enum(['enabled', 'disabled'])
      .describe('A disabled webhook receives nothing until it is replaced.'),
    DisabledReason: z
      .enum(['gone', 'failing'])
      .optional()
      .describe('`gone`: the receiver returned 410. `failing`: deliveries have failed for days.'),
    DisabledUtcDate: timestamp.optional().describe('When it was disabled.'),
    FailingSinceUtcDate: timestamp
      .optional()
      .describe('When the first delivery since the last success failed.'),
    Secret: z.string().optional().describe('The signing secret, `whsec_…`; returned once, when it is new.'),
    PreviousSecretValidUntilUtcDate: timestamp
      .optional()
      .describe('Until when deliveries are signed with the previous secret as well.'),
  })
  .describe('The webhook of a partner.');

export const validationRequested = z
  .object({ correlationId: z.guid().describe('Identifies the validation event.') })
  .describe('A validation event that will be sent.');

export const validationEvent = z
  .object({
    correlationId: z.guid().describe('Identifies the validation event.'),
    partnerId: z.guid().describe('The partner tenant.'),
    status: z.enum(['pending', 'completed']).describe('Whether attempts may follow.'),
    callbackUrl: z.string().describe('The URL of the webhook.'),
    results: z
      .array(
        z.object({
          responseCode: z.string().describe('The status of the response; empty without a response.'),
          responseMessage: z.string().describe('Why there was no response.'),
          systemError: z.boolean().describe('Whether there was no response.'),
          dateTimeUtc: timestamp.describe('When the attempt was made.'),
        }),
      )
      .describe('The attempts.'),
  })
  .describe('A validation event and the attempts to deliver it.');

export const delivery = z
  .object({
    id: z.string().describe('The id of the delivery, which the receiver gets as `webhook-id`.'),
    eventId: z.string().describe('The id of the event.'),
    eventName: z.string().describe('The name of the event.'),
    resourceUri: z.string().describe('What the event is about.'),
    status: z
      .enum(['pending', 'delivered', 'failed', 'cancelled'])
      .describe('`cancelled`: the webhook was removed or disabled before the delivery succeeded.'),
    createdTimestamp: timestamp.describe('When the delivery was created.'),
    endedTimestamp: timestamp.optional().describe('When it succeeded or ended.'),
    nextAttempt: z.int().min(1).optional().describe('The number of the next attempt.'),
    nextAttemptTimestamp: timestamp.optional().describe('When the next attempt is due.'),
    attemptCount: z.int().min(0).describe('How many attempts were made.'),
    responseStatus: z.int().optional().describe('The status of the last response.'),
    attempts: z
      .array(
        z.object({
          number: z.int().min(1).describe('The number of the attempt, from 1.'),
          timestamp: timestamp.describe('When the attempt was made.'),
          durationMilliseconds: z.int().min(0).describe('How long the call took, in milliseconds.'),
          responseStatus: z.int().optional().describe('The status of the response.'),
          reason: z.string().optional().describe('Why there was no response.'),
        }),
      )
      .describe('The latest attempts, oldest first.'),
  })
  .describe('The delivery of an event to the webhook.');

export const deliveries = z
  .object({
    items: z.array(delivery).describe('The deliveries of this page.'),
    links: z.object({ self: link, next: link.optional() }),
    attributes: attributes('Collection'),
  })
  .describe('A page of deliveries.');
