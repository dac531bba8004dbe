/**
 * What Kestrel, the web server of the Azure host, rejects before routing: request lines and headers beyond its
 * limits, headers that are not UTF-8, and invalid Host headers.
 */
import type { IncomingMessage } from 'node:http';
import { parseRequestTarget, type RequestTarget } from './requestTarget.ts';

/** The default of FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, in bytes. */
const defaultMaxBodyBytes = 104_857_600;
/** Including the line break. */
const maxRequestLineBytes = 8_192;
const maxHeaderCount = 100;
/** Of all header lines including their line breaks and the empty line after them. */
const maxHeaderBytes = 32_768;

/** Options of node:http: Kestrel's timeouts, and no check that `checkRequest` makes. */
export const serverOptions = {
  maxHeaderSize: 1_048_576,
  requireHostHeader: false,
  headersTimeout: 30_000,
  requestTimeout: 0,
  keepAliveTimeout: 130_000,
} as const;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// The Host headers that Kestrel accepts.
const validHost = /^(?:\[[0-9a-f:.]+\]|[\w.~!$&'()*+,;=-]*)(?::\d{0,5})?$/i;

/** Parses FUNCTIONS_REQUEST_BODY_SIZE_LIMIT; like Azure, ignores a value that is not an integer. */
export function parseMaxBodyBytes(setting: string | undefined): number {
  return /^\s*\+?\d+\s*$/.test(setting ?? '') ? Number(setting) : defaultMaxBodyBytes;
}

/** Checks a request in Kestrel's order; returns its target, or the status with which Kestrel rejects it. */
export function checkRequest(request: IncomingMessage, url: string): RequestTarget | 400 | 414 | 431 {
  const { method = '', rawHeaders } = request;
  const requestLineBytes = `${method} ${url} HTTP/1.1\r\n`.length;
  if (requestLineBytes > maxRequestLineBytes) return 414;
  const target = parseRequestTarget(url);
  if (!target) return 400;
  if (rawHeaders.length / 2 > maxHeaderCount || headerBytes(rawHeaders) > maxHeaderBytes) return 431;
  if (rawHeaders.some((text) => decodeHeader(text) === undefined)) return 400;
  return hasValidHost(request, target) ? target : 400;
}

/** Decodes a header as UTF-8, which node:http read as Latin-1; undefined when it is not UTF-8. */
export function decodeHeader(latin1: string): string | undefined {
  if (Buffer.byteLength(latin1) === latin1.length) return latin1;
  try {
    return utf8.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}

// Names and values, each line with a colon, a space and a line break, and the empty line at the end.
function headerBytes(rawHeaders: readonly string[]): number {
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, 2);
}

// HTTP/1.1 requires one Host header. A target in absolute form must have its authority.
function hasValidHost({ httpVersion, rawHeaders }: IncomingMessage, { authority }: RequestTarget): boolean {
  const hosts = rawHeaders.filter(
    (_, index) => index % 2 === 1 && /^host$/i.test(String(rawHeaders[index - 1])),
  );
  const [host = ''] = hosts;
  if (hosts.length === 0) return httpVersion === '1.0';
  if (hosts.length > 1 || !validHost.test(host)) return false;
  return authority === undefined || withoutDefaultPort(authority) === withoutDefaultPort(host);
}

function withoutDefaultPort(authority: string): string {
  return authority.toLowerCase().replace(/:80$/, '');
}
