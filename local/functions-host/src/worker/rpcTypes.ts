/**
 * The shapes that pass between the Functions host and its Node worker, as far as HTTP, Service Bus and timers
 * need them. They are the wire format of Azure, not ours: names, nesting and the nullable wrappers stay as
 * they are there, because `@azure/functions` decodes them.
 */

/** One value on its way in or out; exactly one member is set. */
export type TypedData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly int: number }
  | { readonly double: number }
  | { readonly http: HttpData };

export interface NullableString {
  readonly value: string;
}

/** A request as a handler will see it, or the answer a handler gave. */
export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: Readonly<Record<string, NullableString>>;
  readonly nullableQuery?: Readonly<Record<string, NullableString>>;
  readonly nullableParams?: Readonly<Record<string, NullableString>>;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly CookieData[];
  readonly body?: TypedData | null | undefined;
}

export interface CookieData {
  readonly name: string;
  readonly value: string;
  readonly domain?: NullableString | undefined;
  readonly path?: NullableString | undefined;
  readonly expires?: { readonly value: { readonly seconds: number } } | undefined;
  readonly secure?: { readonly value: boolean } | undefined;
  readonly httpOnly?: { readonly value: boolean } | undefined;
  /** `none` means: not given. */
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  readonly maxAge?: { readonly value: number } | undefined;
}

export interface TraceContext {
  readonly traceParent: string;
  readonly traceState: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext?: TraceContext;
}

export interface InvocationResponse {
  readonly invocationId: string;
  readonly outputData?: readonly { readonly name: string; readonly data: TypedData }[];
  readonly returnValue?: TypedData | null | undefined;
}

/** A trigger or an output as the app declared it; everything but these four members depends on the type. */
export interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly properties?: Readonly<Record<string, string>>;
  readonly [option: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly functionId?: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: unknown;
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';
