/** Register, read, replace and remove the partner's webhook, rotate its secret, and test it: Partner Center's routes (docs/contract.md 22). */
import { apiError } from '../../shared/errors.ts';
import { validationEventPath } from '../../shared/http/resourceParameters.ts';
import { secondsUp } from '../../shared/http/response.ts';
import { type Call, defineRoute, type Route } from '../../shared/http/route.ts';
import { urlError, webhookBodyReader } from '../../shared/http/webhookRequest.ts';
import { registrationBody, validationBody } from '../../shared/http/webhookResponse.ts';
import { timedGuid, timeOfGuid, uuidV8 } from '../../shared/ids.ts';
import { deliveryIdOf } from '../../shared/webhooks/delivery.ts';
import { webhookTest } from '../../shared/webhooks/events.ts';
import { ALL_EVENT_NAMES } from '../../shared/webhooks/payload.ts';
import {
  registerWebhook,
  removeWebhook,
  replaceWebhook,
  rotateSecret,
} from '../../shared/webhooks/register.ts';
import { newSecret } from '../../shared/webhooks/signature.ts';
import { startDelivery, webhookIsDisabled, webhookNotFound } from '../../shared/webhooks/startDelivery.ts';

const REGISTRATION = 'webhooks/v1/registration';

const contextOf = ({
  caller,
  policies,
  origin,
}: Pick<Call<0, 0, 0, 0>, 'caller' | 'policies' | 'origin'>) => ({
  tenant: caller.tenant,
  baseUrl: policies.webhooks.publicUrl ?? origin,
});

export const webhookRoutes: Route[] = [
  defineRoute({
    name: 'listWebhookEvents',
    method: 'GET',
    path: `${REGISTRATION}/events`,
    access: 'read',
    endpoint: async () => ({ status: 200, body: ALL_EVENT_NAMES }),
    docs: {
      tag: 'Webhooks',
      summary: 'List the events that a webhook can receive',
      answers: { 200: { when: 'The names.', schema: 'WebhookEventNames' } },
    },
  }),
  defineRoute({
    name: 'getWebhook',
    method: 'GET',
    path: REGISTRATION,
    access: 'read',
    async endpoint({ caller }, ports) {
      const stored = await ports.registrations.read(caller.tenant);
      return stored
        ? { status: 200, body: registrationBody(stored.registration) }
        : { error: webhookNotFound() };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Read the webhook registration',
      description: 'Whether it is enabled, and since when deliveries fail. The secret is not returned again.',
      answers: { 200: { when: 'The registration.', schema: 'Webhook' } },
      errors: ['webhookNotFound'],
    },
  }),
  defineRoute({
    name: 'createWebhook',
    method: 'POST',
    path: REGISTRATION,
    access: 'write',
    body: webhookBodyReader,
    async endpoint(call, ports) {
      const error = urlError(call.body, call.policies);
      if (error) return { error };
      const made = await registerWebhook(ports, call.body, { ...contextOf(call), secret: newSecret() });
      return 'error' in made ? made : { status: 200, body: registrationBody(made.registration, made.secret) };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Register a webhook',
      description:
        'A partner has one webhook. Deliveries are signed by Standard Webhooks with the `Secret` of this response, which is returned once. With `Handshake`, the receiver is asked first and must consent.',
      answers: { 200: { when: 'The registration, with its secret.', schema: 'Webhook' } },
      errors: ['invalidInput', 'webhookExists', 'webhookRefused'],
    },
  }),
  defineRoute({
    name: 'replaceWebhook',
    method: 'PUT',
    path: REGISTRATION,
    access: 'write',
    body: webhookBodyReader,
    async endpoint(call, ports) {
      const error = urlError(call.body, call.policies);
      if (error) return { error };
      const made = await replaceWebhook(ports, call.body, contextOf(call));
      return 'error' in made ? made : { status: 200, body: registrationBody(made.registration) };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Replace the webhook registration',
      description: 'Enables a webhook that was disabled. The secret stays.',
      answers: { 200: { when: 'The registration.', schema: 'Webhook' } },
      errors: ['invalidInput', 'webhookNotFound', 'webhookRefused', 'webhookBusy'],
    },
  }),
  defineRoute({
    name: 'deleteWebhook',
    method: 'DELETE',
    path: REGISTRATION,
    access: 'write',
    async endpoint({ caller }, ports) {
      const removed = await removeWebhook(ports, caller.tenant);
      return 'error' in removed ? removed : { status: 200, body: registrationBody(removed.registration) };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Remove the webhook registration',
      description: 'A pending delivery that falls due before there is another registration is cancelled.',
      answers: { 200: { when: 'The registration that was removed.', schema: 'Webhook' } },
      errors: ['webhookNotFound', 'webhookBusy'],
    },
  }),
  defineRoute({
    name: 'rotateWebhookSecret',
    method: 'POST',
    path: `${REGISTRATION}/secret`,
    access: 'write',
    async endpoint({ caller, policies }, ports) {
      const { secretOverlapMs: overlapMs } = policies.webhooks;
      const made = await rotateSecret(ports, caller.tenant, { secret: newSecret(), overlapMs });
      return 'error' in made ? made : { status: 200, body: registrationBody(made.registration, made.secret) };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Rotate the secret',
      description:
        'Returns a new `Secret`. Until `PreviousSecretValidUntilUtcDate`, each delivery is signed with the new and the previous secret.',
      answers: { 200: { when: 'The registration, with its new secret.', schema: 'Webhook' } },
      errors: ['webhookNotFound', 'webhookBusy'],
    },
  }),
  defineRoute({
    name: 'createValidationEvent',
    method: 'POST',
    path: `${REGISTRATION}/validationEvents`,
    access: 'write',
    async endpoint({ caller: { tenant }, policies }, ports) {
      const { registration } = (await ports.registrations.read(tenant)) ?? {};
      if (!registration) return { error: webhookNotFound() };
      if (registration.disabled) return { error: webhookIsDisabled() }; // the delivery would be cancelled unsent
      const full = ports.limitValidations(tenant);
      if (full) {
        const wait = `Try again in ${secondsUp(full.waitMs)} seconds.`;
        const description = `Two validation events a minute can be requested. ${wait}`;
        return { error: apiError('tooManyRequests', description, { retryAfterMs: full.waitMs }) };
      }
      const timeMs = ports.now();
      const correlationId = timedGuid(timeMs, uuidV8('validationEvent', ports.newId()));
      const event = webhookTest(tenant, { correlationId, timeMs });
      await startDelivery(ports, tenant, event, policies.webhooks.delivery);
      return { status: 200, body: { correlationId } };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Request a validation event',
      description: 'Sends `test-created` to the webhook. At most two a minute.',
      answers: { 200: { when: 'The event will be sent.', schema: 'ValidationRequested' } },
      errors: ['webhookNotFound', 'webhookDisabled'],
    },
  }),
  defineRoute({
    name: 'getValidationEvent',
    method: 'GET',
    path: `${REGISTRATION}/validationEvents/{correlationId}`,
    access: 'read',
    params: validationEventPath,
    async endpoint({ params: { correlationId }, caller: { tenant } }, ports) {
      const { registration } = (await ports.registrations.read(tenant)) ?? {};
      if (!registration) return { error: webhookNotFound() };
      const event = webhookTest(tenant, { correlationId, timeMs: timeOfGuid(correlationId) });
      const stored = await ports.deliveries.read({ tenant, deliveryId: deliveryIdOf(tenant, event) });
      return stored
        ? { status: 200, body: validationBody(stored.delivery, registration.url) }
        : { error: apiError('deliveryNotFound', `Validation event ${correlationId} was not found.`) };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Read the result of a validation event',
      answers: { 200: { when: 'The attempts to deliver it.', schema: 'ValidationEvent' } },
      errors: ['webhookNotFound', 'deliveryNotFound'],
    },
  }),
];
