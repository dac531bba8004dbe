/**
 * The module `@azure/functions-core`, which only the worker provides: an app registers its functions and hooks
 * through it. Guarantees the worker's rules: registration ends with the start, and function ids are unique.
 */
import type {
  FunctionMetadata,
  InvocationRequest,
  InvocationResponse,
  LogCategory,
  LogLevel,
} from './rpcTypes.ts';

/** The version of the Azure host whose behavior this host reproduces. */
export const hostVersion = '4.1037.0';

export type FunctionCallback = (...inputsAndContext: unknown[]) => unknown;
export type HookCallback = (context: object) => unknown;

const hookNames = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const;
export type HookName = (typeof hookNames)[number];

/** What @azure/functions receives for an invocation. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/** An invocation as @azure/functions runs it: decode, call, encode. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export interface RegisteredFunction {
  readonly id: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** Receives log lines: those of the app, and those of the worker. */
export interface LogSink {
  user(message: string): void;
  system(message: string): void;
}

/** What the app registered. */
export interface App {
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly model: ProgrammingModel | undefined;
  /** The `appHookData` object that all hooks share. */
  readonly hookData: Record<string, unknown>;
  /** Runs the hooks of a name sequentially, in the order of their registration. */
  runHooks(name: HookName, context: object): Promise<void>;
  log(level: LogLevel, category: LogCategory, message: string): void;
  /** Ends registration. */
  seal(): void;
}

/** Creates the module that `require('@azure/functions-core')` returns, and the app that registers through it. */
export function createFunctionsCore(sink: LogSink): { readonly module: object; readonly app: App } {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = new Map<HookName, HookCallback[]>(hookNames.map((name) => [name, []]));
  const hookData: Record<string, unknown> = {};
  let model: ProgrammingModel | undefined;
  let sealed = false;

  const log = (level: LogLevel, category: LogCategory, message: string): void => {
    const entry = { level, category, message, hookData: {}, appHookData: hookData };
    for (const hook of hooks.get('log') ?? []) hook(entry);
    if (category === 'user') sink.user(entry.message);
    else if (level === 'warning' || level === 'error' || level === 'critical') sink.system(entry.message);
  };

  const module = {
    version: '3.12.0',
    hostVersion,
    Disposable,
    log,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
      if (sealed) throw systemError('A function can only be registered during app startup.');
      const id = metadata.functionId ?? metadata.name;
      if (functions.has(id)) throw systemError(`A function with id "${id}" has already been registered.`);
      functions.set(id, { id, metadata, callback });
      return new Disposable(() => {
        if (sealed) throw systemError('A function can only be disposed during app startup.');
        functions.delete(id);
      });
    },
    registerHook(name: string, callback: HookCallback): Disposable {
      const list = hooks.get(name as HookName);
      if (!list) throw systemError(`Unrecognized hook "${name}"`, new RangeError());
      list.push(callback);
      return new Disposable(() => void list.splice(list.indexOf(callback), 1));
    },
    setProgrammingModel(next: ProgrammingModel): void {
      if (sealed) throw systemError('A programming model can only be set during app startup.');
      model = next;
    },
    getProgrammingModel: () => model,
  };

  const app: App = {
    functions,
    get model() {
      return model;
    },
    hookData,
    async runHooks(name, context) {
      for (const hook of hooks.get(name) ?? []) await hook(context);
    },
    log,
    seal() {
      sealed = true;
    },
  };
  return { module, app };
}

class Disposable {
  #dispose: (() => void) | undefined;

  constructor(dispose: () => void) {
    this.#dispose = dispose;
  }

  static from(...disposables: { dispose(): void }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): void {
    this.#dispose?.();
    this.#dispose = undefined;
  }
}

// @azure/functions distinguishes runtime errors from app errors by this flag.
function systemError(message: string, error: Error = new Error()): Error {
  error.message = message;
  return Object.assign(error, { isAzureFunctionsSystemError: true });
}
