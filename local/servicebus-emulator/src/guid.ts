// Lock tokens on the wire. Service Bus writes a GUID in two byte orders: as .NET keeps it in memory where it is a
// delivery tag, and as RFC 9562 has it where it is an AMQP uuid. Everywhere else a token is its text in lower case.

/** The 16 bytes of an AMQP uuid. */
export function uuidBytes(guid: string): Buffer {
  return Buffer.from(guid.replaceAll('-', ''), 'hex');
}

/** The text of an AMQP uuid. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return groups.join('-');
}

/** The 16 bytes of a delivery tag: the first three groups of the GUID are little-endian. */
export function deliveryTag(guid: string): Buffer {
  return swapGroups(uuidBytes(guid));
}

/** The GUID that a delivery tag stands for. */
export function guidOfTag(tag: Buffer): string {
  return uuidText(swapGroups(Buffer.from(tag)));
}

function swapGroups(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
