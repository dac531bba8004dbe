/**
 * Calls the receiver of a partner, without trusting it: the name is resolved once, every address is checked, and the
 * connection uses exactly the checked addresses, so that a name cannot resolve to another address in between. Redirects
 * are responses and never followed, the response is read to a bound, the whole call has a time-out, and no header is sent
 * but those of the request and the ones that HTTP needs (docs/contract.md 22.13 to 22.18).
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { startTimer } from '../timeouts.ts';
import { type AddressPolicy, addressProblem, hostOf, readWebhookUrl } from './address.ts';
import { failureReason } from './failureReason.ts';
import { type Address, nameResolver, type ResolveName } from './resolveName.ts';

export interface ReceiverRequest {
  method: 'POST' | 'OPTIONS';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** What a receiver answered, or why there is no answer. */
export type ReceiverResponse = { durationMs: number } & (
  | { status: number; headers: Record<string, string>; text: string }
  | { status?: undefined; reason: string }
);

export interface ReceiverClient {
  /** Never throws: a call without an answer is a response with a reason. */
  call(request: ReceiverRequest): Promise<ReceiverResponse>;
}

export interface ReceiverClientOptions extends AddressPolicy {
  timeoutMs: number;
  /** Resolves a name to all of its addresses; by the name servers of the system by default. */
  resolve?: ResolveName;
}

/** What is read of a response, in bytes; the rest is not received. */
export const MAX_RESPONSE_BYTES = 4_096;
const MAX_HEADER_BYTES = 16_384;
/** The headers that mean something to a sender. */
const READ_HEADERS = ['retry-after', 'webhook-allowed-origin', 'webhook-allowed-rate'];
const USER_AGENT = 'Cartwright-Webhooks/1.0';

/** A client for these options. */
export function receiverClient({
  timeoutMs,
  resolve = nameResolver(),
  ...policy
}: ReceiverClientOptions): ReceiverClient {
  return {
    async call(request) {
      const beganMs = performance.now();
      const outcome = await attempt(request, { timeoutMs, resolve, ...policy });
      return { ...outcome, durationMs: Math.round(performance.now() - beganMs) };
    },
  };
}

type Outcome = { status: number; headers: Record<string, string>; text: string } | { reason: string };

async function attempt(request: ReceiverRequest, options: Required<ReceiverClientOptions>): Promise<Outcome> {
  const read = readWebhookUrl(request.url, options);
  if ('problem' in read) return { reason: `The URL ${read.problem}.` };
  const call: RunningCall = { ended: new AbortController() };
  const { promise: timeout, resolve: expire } = Promise.withResolvers<Outcome>();
  const stopTimer = startTimer(options.timeoutMs, () => {
    if (call.endReading) call.endReading();
    else expire({ reason: `The receiver did not respond within ${options.timeoutMs / 1_000} seconds.` });
  });
  try {
    return await Promise.race([callChecked(read.url, request, options, call), timeout]);
  } finally {
    stopTimer();
    call.ended.abort();
  }
}

interface RunningCall {
  ended: AbortController;
  /** Ends the reading of a response whose status has arrived. */
  endReading?: () => void;
}

async function callChecked(
  url: URL,
  request: ReceiverRequest,
  options: Required<ReceiverClientOptions>,
  call: RunningCall,
): Promise<Outcome> {
  const host = hostOf(url);
  try {
    const addresses = isIP(host)
      ? [{ address: host, family: isIP(host) }]
      : await options.resolve(withoutDot(host), call.ended.signal);
    if (addresses.length === 0) return { reason: 'The host name has no address.' };
    // One address that is not public is enough: the name would be a way around the check.
    if (addresses.some(({ address }) => addressProblem(address, options) !== undefined)) {
      return { reason: 'The host name has an address that is not public.' };
    }
    if (call.ended.signal.aborted) return { reason: 'The call has ended.' };
    return await send(url, request, pinnedTo(addresses), call);
  } catch (error) {
    return { reason: failureReason(error) };
  }
}

/** A host name without the dot of a fully qualified one, which TLS does not allow (RFC 6066). */
const withoutDot = (name: string): string => name.replace(/\.$/, '');

/** Answers every look-up of the connection with the checked addresses. */
const pinnedTo =
  (addresses: readonly Address[]): LookupFunction =>
  (_name, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family ?? 4);
  };

function send(
  url: URL,
  { method, headers, body }: ReceiverRequest,
  lookup: LookupFunction,
  call: RunningCall,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const outgoing = begin(url, {
      method,
      headers: { 'User-Agent': USER_AGENT, Accept: '*/*', ...headers, ...length },
      lookup,
      signal: call.ended.signal,
      agent: false, // a connection for this call alone: a kept one would skip the check of the next call
      maxHeaderSize: MAX_HEADER_BYTES,
      // The certificate must be for the name, whatever the address and the environment of the process.
      rejectUnauthorized: true,
      ...(isIP(hostOf(url)) ? {} : { servername: withoutDot(url.hostname) }),
    });
    outgoing.on('error', reject); // also errors after the first, which nothing else would catch
    outgoing.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: readHeaders(response), text: '' });
    });
    outgoing.once('response', (response) => {
      call.endReading = readBounded(response, (text) => {
        outgoing.destroy();
        resolve({ status: response.statusCode ?? 0, headers: readHeaders(response), text });
      });
    });
    outgoing.end(body);
  });
}

/** Calls `done` once, with the beginning of the text: at the end, at the bound, when the connection ends, or when the result is called. */
function readBounded(response: IncomingMessage, done: (text: string) => void): () => void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isDone = false;
  const finish = () => {
    if (isDone) return;
    isDone = true;
    done(Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString('utf8'));
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_RESPONSE_BYTES) finish();
  });
  response.once('end', finish);
  response.once('close', finish);
  response.on('error', finish);
  return finish;
}

const readHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    READ_HEADERS.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
