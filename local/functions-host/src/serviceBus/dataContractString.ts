/**
 * Decodes a string that the DataContractSerializer wrote as .NET binary XML ([MC-NBFX]). The package
 * WindowsAzure.ServiceBus wraps the body of `new BrokeredMessage(text)` in it, and the Service Bus extension
 * unwraps it.
 */

const header = Buffer.from('@\x06string\x083http://schemas.microsoft.com/2003/10/Serialization/', 'latin1');

const endElement = 0x01;
// Record types with their length prefix in bytes. The next odd number also ends the element.
const utf8Records = new Map([
  [0x98, 1],
  [0x9a, 2],
  [0x9c, 4],
]);
const emptyText = 0xa8;

/** The wrapped string; undefined when the bytes are not a complete `<string>` element. */
export function readDataContractString(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!buffer.subarray(0, header.length).equals(header)) return undefined;
  const texts: Buffer[] = [];
  let offset = header.length;
  while (offset < buffer.length) {
    const record = buffer.readUInt8(offset++);
    if (record === endElement) return Buffer.concat(texts).toString('utf8');
    const type = record & ~1;
    const prefixBytes = utf8Records.get(type);
    if (prefixBytes !== undefined && offset + prefixBytes <= buffer.length) {
      const start = offset + prefixBytes;
      const end = start + buffer.readUIntLE(offset, prefixBytes);
      if (end > buffer.length) return undefined;
      texts.push(buffer.subarray(start, end));
      offset = end;
    } else if (type !== emptyText) {
      return undefined;
    }
    if (record !== type) return Buffer.concat(texts).toString('utf8');
  }
  return undefined;
}
