/**
 * The transport of the storage SDK, on undici. It takes less CPU than the SDK's own,
 * which builds a stream and an abort controller for every request. Guarantees what the SDK's retry policy and the callers
 * rely on: a request that fails in the network rejects with a `RestError` that has a system error code, and one that is
 * aborted with an `AbortError`. Never sends a request twice: that is the retry policy's decision.
 */
import {
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import { Agent, type Dispatcher } from 'undici';
import { STORAGE_TIMEOUTS } from '../timeouts.ts';
import { ReceivedHeaders } from './receivedHeaders.ts';

/** An idle connection is kept so long unless storage states a shorter time. Opening one costs a TLS handshake. */
const IDLE_MS = 30_000;

/** A request whose body is text, or that has none. */
type TextRequest = PipelineRequest & { body?: string };

/** Opens a transport. All tables of a process use one, so that they share its connections. */
export function openTransport(): HttpClient {
  const timeout = STORAGE_TIMEOUTS.callMs;
  const agent = new Agent({
    keepAliveTimeout: IDLE_MS,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: { timeout },
  });
  const sdks = createDefaultHttpClient();
  return {
    sendRequest: (request) => (isPlain(request) ? send(agent, request) : sdks.sendRequest(request)),
  };
}

/** Text to an address of storage. Everything else, such as a request through a proxy, is left to the SDK's own transport. */
function isPlain(request: PipelineRequest): request is TextRequest {
  return (
    (request.body === undefined || typeof request.body === 'string') &&
    !request.agent &&
    !request.tlsSettings &&
    !request.timeout &&
    !request.streamResponseStatusCodes?.size &&
    !request.headers.has('Accept-Encoding')
  );
}

async function send(agent: Agent, request: TextRequest): Promise<PipelineResponse> {
  const { origin, path } = splitUrl(request.url);
  if (!origin.startsWith('https:') && !request.allowInsecureConnection) {
    throw new Error(`Cannot connect to ${origin}: allowInsecureConnection is false.`);
  }
  const { abortSignal, method, headers, body = null } = request;
  const exchange = new Exchange(request);
  const abort = () => exchange.abort();
  if (abortSignal?.aborted) abort();
  else {
    agent.dispatch({ origin, path, method, headers: headers.toJSON({ preserveCase: true }), body }, exchange);
    abortSignal?.addEventListener('abort', abort);
  }
  return exchange.response.finally(() => abortSignal?.removeEventListener('abort', abort));
}

/** Splits a URL that the SDK has made with `URL`, so that it is in its normal form and has a path. */
function splitUrl(url: string): { origin: string; path: string } {
  const end = url.indexOf('/', url.indexOf('//') + 2);
  return { origin: url.slice(0, end), path: url.slice(end) };
}

/** One request and its response, whose body is collected into text. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly response: Promise<PipelineResponse>;
  readonly #request: PipelineRequest;
  readonly #settle = Promise.withResolvers<PipelineResponse>();
  readonly #chunks: Buffer[] = [];
  #headers = new ReceivedHeaders({});
  #status = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #isAborted = false;

  constructor(request: PipelineRequest) {
    this.#request = request;
    this.response = this.#settle.promise;
  }

  /** Ends the request, also while its connection is being opened. */
  abort(): void {
    this.#isAborted = true;
    const error = new DOMException('The operation was aborted.', 'AbortError');
    this.#settle.reject(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isAborted) this.abort();
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status;
    this.#headers = new ReceivedHeaders(headers);
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#settle.resolve({
      request: this.#request,
      status: this.#status,
      headers: this.#headers,
      bodyAsText: this.#chunks.length === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8'),
    });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#settle.reject(this.#isAborted ? error : toRestError(error, this.#request));
  }
}

/** The codes that the SDK's retry policy knows, for those of undici. */
const SYSTEM_CODES: Record<string, string> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_BODY_TIMEOUT: 'ETIMEDOUT',
};

function toRestError(error: Error & { code?: string }, request: PipelineRequest): RestError {
  const code = SYSTEM_CODES[error.code ?? ''] ?? error.code ?? RestError.REQUEST_SEND_ERROR;
  return Object.assign(new RestError(error.message, { code, request }), { cause: error });
}
