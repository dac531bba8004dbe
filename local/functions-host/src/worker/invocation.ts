/**
 * Runs an invocation in the worker's order: decode, hooks, handler, hooks, encode. Guarantees to reject exactly
 * when Azure would fail the invocation.
 */
import type { App, CoreInvocationContext, RegisteredFunction } from './functionsCore.ts';
import type { InvocationRequest, InvocationResponse } from './rpcTypes.ts';

/** Runs a registered function; rejects with the value that it threw, or with the error of encoding its result. */
export async function runInvocation(
  app: App,
  { metadata, callback }: RegisteredFunction,
  request: InvocationRequest,
): Promise<InvocationResponse> {
  if (!app.model) throw new Error('The app did not set a programming model.');
  let completed = false;
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata,
    log(level, category, message) {
      if (completed && category === 'user')
        app.log('warning', 'system', lateLogWarning(metadata.name, request));
      app.log(level, category, message);
    },
  };
  const model = app.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  const shared = { hookData: {}, appHookData: app.hookData, invocationContext: context };

  const before = { ...shared, functionCallback: callback, inputs };
  core.state = 'preInvocationHooks';
  await app.runHooks('preInvocation', before);

  const after: { inputs: unknown[]; result: unknown; error: unknown } & typeof shared = {
    ...shared,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  core.state = 'invocation';
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  core.state = 'postInvocationHooks';
  await app.runHooks('postInvocation', after);
  core.state = undefined;
  completed = true;

  // A hook may have cleared the error. `throw undefined` counts as success, as on Azure.
  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}

function lateLogWarning(functionName: string, { invocationId }: InvocationRequest): string {
  return [
    "Warning: Unexpected call to 'log' on the context object after function execution has completed.",
    'Please check for asynchronous calls that are not awaited.',
    `Function name: ${functionName}. Invocation Id: ${invocationId}.`,
  ].join(' ');
}
