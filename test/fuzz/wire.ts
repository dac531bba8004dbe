/**
 * A client that sends its input unchanged, byte for byte, over connections that are kept: `fetch` would mend paths
 * and refuse methods and headers. It judges nothing.
 */
import { Agent, request } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface WireRequest {
  method: string;
  path: string;
  headers: [string, string][];
  body?: Uint8Array | undefined;
}

export interface WireAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export type Send = (what: WireRequest) => Promise<WireAnswer>;

/** Opens a client with at most so many connections. */
export function openWire(url: string, connections: number): { send: Send; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return { send: (what) => send(url, what, agent), close: () => agent.destroy() };
}

function send(url: string, { method, path, headers, body }: WireRequest, agent: Agent): Promise<WireAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sending = request({ hostname, port, method, path, agent });
    for (const [name, value] of headers) sending.appendHeader(name, value);
    if (body) sending.setHeader('Content-Length', body.length);
    sending.on('error', reject);
    sending.on('response', async (response) => {
      try {
        const bytes = Buffer.concat(await Array.fromAsync(response));
        const hasJsonColumn = response.headers['content-encoding'] === 'gzip' && bytes.length > 0; // a HEAD has none
        const text = (hasJsonColumn ? gunzipSync(bytes) : bytes).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      } catch (error) {
        reject(error);
      }
    });
    sending.end(body);
  });
}
