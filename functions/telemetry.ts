/**
 * The hooks of telemetry. Loading the SDK overlaps with the host's start, and the first invocation waits for it, so that
 * no span is lost. Without a destination, nothing is loaded and no hook is registered. Telemetry that fails never fails an
 * invocation.
 */
import { app } from '@azure/functions';
import { azureCredential } from '../shared/identity/credential.ts';
import type { tracedHandler } from '../shared/telemetry/invocation.ts';
import { isTelemetryOn, startTelemetry } from '../shared/telemetry/start.ts';
import { settings } from './container.ts';

if (isTelemetryOn(settings())) {
  let isStarting = true;
  let problem: string | undefined;
  let traced: typeof tracedHandler | undefined;
  const open = async () => {
    const [telemetry, { tracedHandler }] = await Promise.all([
      startTelemetry(settings(), azureCredential),
      import('../shared/telemetry/invocation.ts'),
    ]);
    traced = tracedHandler;
    return telemetry;
  };
  const started = open()
    .catch((error: unknown) => {
      problem = String(error);
      return undefined;
    })
    .finally(() => {
      isStarting = false;
    });

  app.hook.preInvocation(async (invocation) => {
    if (isStarting) await started;
    if (problem !== undefined) {
      // An invocation has the only log that the host sends on.
      invocation.invocationContext.error(
        JSON.stringify({ message: 'telemetry not started', error: problem }),
      );
      problem = undefined;
    }
    if (traced) invocation.functionHandler = traced(invocation.functionHandler);
  });

  app.hook.appTerminate(async () => {
    const telemetry = await started;
    await telemetry?.close();
  });
}
