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
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata,
    log: app.log,
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

  // A hook may have cleared the error. `throw undefined` counts as success, as on Azure.
  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}
