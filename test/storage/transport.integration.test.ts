/** The transport of the storage SDK against a server that responds, breaks connections off, or does not respond. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPipelineRequest, type PipelineRequest } from '@azure/core-rest-pipeline';
import { afterEach, describe, expect, it } from 'vitest';
import { openTransport } from '../../shared/storage/transport.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const transport = openTransport();
const opened: Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close().closeAllConnections();
});

/** Starts a server; counts what reaches it. */
async function serve(handler: Handler) {
  const met = { requests: 0, connections: 0 };
  const server = createServer((request, response) => {
    met.requests++;
    handler(request, response);
  });
  server.on('connection', () => met.connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/table`, met };
}

const requestTo = (url: string, options: Partial<PipelineRequest> = {}) =>
  createPipelineRequest({ url, allowInsecureConnection: true, ...options });

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString('utf8');
}

describe('The transport of the storage SDK', () => {
  it('The transport sends a request with its path, headers and body, and returns the response as text', async () => {
    const { url } = await serve(async (request, response) => {
      const { method, url: target, headers } = request;
      response.setHeader('ETag', `W/"datetime'2026'"`);
      response.setHeader('X-Several', ['one', 'two']);
      response.statusCode = 201;
      response.end(JSON.stringify({ method, target, accept: headers.accept, body: await bodyOf(request) }));
    });
    const request = requestTo(`${url}(PartitionKey='a%20b',RowKey='c')?$select=x`, {
      method: 'PUT',
      body: '{"text":"é😀"}',
    });
    request.headers.set('Accept', 'application/json');

    const response = await transport.sendRequest(request);

    expect(response).toMatchObject({ request, status: 201 });
    expect(response.headers.get('etag')).toBe(`W/"datetime'2026'"`);
    expect(response.headers.get('x-several')).toBe('one, two');
    expect(JSON.parse(response.bodyAsText ?? '')).toEqual({
      method: 'PUT',
      target: `/table(PartitionKey='a%20b',RowKey='c')?$select=x`,
      accept: 'application/json',
      body: '{"text":"é😀"}',
    });
  });

  it('The transport joins a character whose bytes arrive in two parts', async () => {
    const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
    const { url } = await serve((_, response) => {
      response.write(first, () => setTimeout(() => response.end(second), 20));
    });

    expect(await transport.sendRequest(requestTo(url))).toMatchObject({ bodyAsText: 'é' });
  });

  it('The transport keeps connections for later requests', async () => {
    const { url, met } = await serve((_, response) => response.end('{}'));

    for (let n = 0; n < 20; n++) await transport.sendRequest(requestTo(url));

    expect(met.requests).toBe(20);
    // A request that follows at once may find the first connection not yet free.
    expect(met.connections).toBeLessThanOrEqual(2);
  });

  it('The transport sends a request once when the connection is broken off, and rejects with a code that the SDK repeats', async () => {
    const { url, met } = await serve((request) => request.socket.destroy());

    for (const method of ['GET', 'PUT', 'POST'] as const) {
      const sent = transport.sendRequest(requestTo(url, { method, ...(method !== 'GET' && { body: '{}' }) }));
      await expect(sent).rejects.toMatchObject({ name: 'RestError', code: 'ECONNRESET' });
    }

    expect(met.requests).toBe(3);
  });

  it('The transport rejects when a response is broken off in its body', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.socket?.destroy());
    });

    await expect(transport.sendRequest(requestTo(url))).rejects.toMatchObject({
      name: 'RestError',
      code: 'ECONNRESET',
    });
  });

  it('The transport rejects with ECONNREFUSED when storage is down', async () => {
    const { url } = await serve(() => undefined);
    for (const server of opened.splice(0)) await once(server.close(), 'close');

    await expect(transport.sendRequest(requestTo(url))).rejects.toMatchObject({
      name: 'RestError',
      code: 'ECONNREFUSED',
    });
  });

  it('The transport rejects with an AbortError when a request is aborted, before it is sent or while it waits', async () => {
    const aborter = new AbortController();
    const { url, met } = await serve(() => aborter.abort());

    const waiting = transport.sendRequest(requestTo(url, { abortSignal: aborter.signal }));
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    const late = transport.sendRequest(requestTo(url, { abortSignal: aborter.signal }));
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });

    expect(met.requests).toBe(1);
  });

  it('The transport sends nothing over HTTP unless the client allows it', async () => {
    const { url, met } = await serve((_, response) => response.end());

    const sent = transport.sendRequest(requestTo(url, { allowInsecureConnection: false }));

    await expect(sent).rejects.toThrow('allowInsecureConnection');
    expect(met.requests).toBe(0);
  });

  it("The transport leaves what it cannot send, such as a request with a separate time-out, to the SDK's transport", async () => {
    const { url } = await serve((_, response) => response.end('served'));

    expect(await transport.sendRequest(requestTo(url, { timeout: 5_000 }))).toMatchObject({
      status: 200,
      bodyAsText: 'served',
    });
  });
});
