/**
 * Lock tokens on the wire. Service Bus encodes a GUID in two byte orders: in .NET's order as a delivery tag, and in
 * RFC 9562 order as an AMQP uuid. Everywhere else, a lock token is the GUID's text in lower case.
 */

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

/** The GUID of a delivery tag. */
export function guidOfTag(tag: Buffer): string {
  return uuidText(swapGroups(Buffer.from(tag)));
}

function swapGroups(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
