/** Events about a webhook: the validation event that a partner requests, and the end of a registration that fails. */
import { type CloudEvent, cloudEvent } from '../events/cloudEvent.ts';
import { timestamp } from '../time.ts';

/** Why a registration was disabled: its receiver returned 410, or deliveries have failed for days. */
export type DisabledReason = 'gone' | 'failing';

/** A validation event: the partner requested it to test the receiver. Sent to the webhook only. */
export const webhookTest = (
  tenant: string,
  { correlationId, timeMs }: { correlationId: string; timeMs: number },
): CloudEvent =>
  cloudEvent('webhook.test.v1', {
    tenant,
    id: correlationId,
    subject: `webhooks/v1/registration/validationEvents/${correlationId}`,
    timeMs,
    data: { correlationId },
  });

export interface Disabling {
  /** The version of the registration, so that a registration that is enabled again can be disabled again. */
  version: string;
  reason: DisabledReason;
  failingSinceMs?: number | undefined;
  lastStatus?: number | undefined;
  timeMs: number;
}

/** A registration was disabled: one event per version of the registration. */
export const webhookDisabled = (
  tenant: string,
  { version, reason, failingSinceMs, lastStatus, timeMs }: Disabling,
): CloudEvent =>
  cloudEvent('webhook.disabled.v1', {
    tenant,
    id: `${version}.disabled`,
    subject: 'webhooks/v1/registration',
    timeMs,
    data: {
      reason,
      ...(failingSinceMs === undefined ? {} : { failingSince: timestamp(failingSinceMs) }),
      ...(lastStatus === undefined ? {} : { lastStatus }),
    },
  });
