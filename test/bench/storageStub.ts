/**
 * A stub of Table Storage for the cost of a client: it accepts every request and answers with a fixed row, over HTTP, or
 * over TLS when it is given a key and a certificate. Arguments: the two PEM files.
 */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const ROW = JSON.stringify({
  'odata.etag': 'W/"1"',
  PartitionKey: 'a',
  RowKey: 'b',
  lines: 'x'.repeat(1_000),
});

const respond: RequestListener = (request, response) => {
  request.resume().on('end', () => {
    if (request.method === 'GET') response.setHeader('Content-Type', 'application/json').end(ROW);
    else response.writeHead(204, { ETag: 'W/"1"' }).end();
  });
};

const [keyFile, certificateFile] = process.argv.slice(2);
const server =
  keyFile && certificateFile
    ? createTlsServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, respond)
    : createServer(respond);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
