/** A name server of the test: answers every question over UDP with the addresses that the test gives, or not at all. */
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

const A = 1;
const AAAA = 28;
const HEADER_BYTES = 12;

export interface NameServer {
  /** As the resolver wants it: address and port. */
  address: string;
  /** The questions, such as `A hooks.contoso.com`. */
  asked: string[];
  close(): void;
}

/** Starts a server. `answer` returns the addresses of a name; `undefined` for silence. */
export async function startNameServer(
  answer: (name: string, family: 4 | 6) => string[] | undefined,
): Promise<NameServer> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const labels: string[] = [];
    let at = HEADER_BYTES;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
      at += 1 + length;
    }
    const type = query.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    asked.push(`${type === AAAA ? 'AAAA' : 'A'} ${name}`);
    const addresses = answer(name, type === AAAA ? 6 : 4);
    if (!addresses) return;
    const question = query.subarray(HEADER_BYTES, at + 5);
    const records = addresses.map((text) => recordOf(type, bytesOf(text, type)));
    const header = Buffer.alloc(HEADER_BYTES);
    query.copy(header, 0, 0, 2); // the id
    header.writeUInt16BE(0x8180, 2); // a response without an error
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([header, question, ...records]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    asked,
    close: () => socket.close(),
  };
}

/** A resource record with the name of the question, class IN, not to be cached. */
function recordOf(type: number, bytes: Buffer): Buffer {
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
  return Buffer.concat([head, bytes]);
}

/** An IPv4 address as its four numbers; an IPv6 address written in full as its eight groups. */
function bytesOf(address: string, type: number): Buffer {
  if (type === A) return Buffer.from(address.split('.').map(Number));
  return Buffer.from(
    address
      .split(':')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );
}
