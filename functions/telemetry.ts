/**
 * The hooks of telemetry. Loading the SDK overlaps with the host's start, and the first invocation waits for it, so that
 * no span is lost. Without a destination, nothing is loaded and no hook is registered. Telemetry that fails never fails an
 * invocation: the log of the next one says so, because the host sends on no other log.
 */
import { app, type InvocationContext } from '@azure/functions';
import { azureCredential } from '../shared/identity/credential.ts';
import { jsonLogger } from '../shared/jsonLogger.ts';
import type { tracedHandler } from '../shared/telemetry/invocation.ts';
import type { Telemetry } from '../shared/telemetry/sdk.ts';
import { isTelemetryOn, startTelemetry } from '../shared/telemetry/start.ts';
import { settings } from './container.ts';

if (isTelemetryOn(settings())) {
  let isStarting = true;
  let problem: string | undefined;
  let telemetry: Telemetry | undefined;
  let traced: typeof tracedHandler | undefined;
  const open = async () => {
    const [opened, { tracedHandler }] = await Promise.all([
      startTelemetry(settings(), azureCredential),
      import('../shared/telemetry/invocation.ts'),
    ]);
    telemetry = opened;
    traced = tracedHandler;
  };
  const started = open()
    .catch((error: unknown) => {
      problem = String(error);
    })
    .finally(() => {
      isStarting = false;
    });

  app.hook.preInvocation(async (invocation) => {
    if (isStarting) await started;
    report(invocation.invocationContext);
    if (traced) invocation.functionHandler = traced(invocation.functionHandler);
  });

  app.hook.appTerminate(async () => {
    await started;
    await telemetry?.close();
  });

  function report(context: InvocationContext): void {
    const log = jsonLogger(context);
    if (problem !== undefined) log.error('telemetry not started', { error: problem });
    problem = undefined;
    for (const { reason, ...about } of telemetry?.reports(performance.now()) ?? []) {
      if (reason === undefined) log.info('telemetry is sent again', about);
      else log.error('telemetry not sent', { ...about, reason });
    }
  }
}
