/**
 * Splits an encoded AMQP message into its sections without decoding them, so that they pass through the broker byte for
 * byte. Throws a RangeError when the bytes are not a message.
 */

/** One section: its descriptor code and its encoded bytes. */
export interface Section {
  readonly code: number;
  readonly bytes: Buffer;
}

const DESCRIBED = 0x00;
const SMALL_ULONG = 0x53;
const ULONG = 0x80;

/** Returns the sections of a message, in order. */
export function splitSections(message: Buffer): Section[] {
  const sections: Section[] = [];
  for (let from = 0; from < message.length; ) {
    const to = endOfValue(message, from);
    sections.push({ code: descriptorCode(message, from), bytes: message.subarray(from, to) });
    from = to;
  }
  return sections;
}

function descriptorCode(message: Buffer, from: number): number {
  const described = message.readUInt8(from) === DESCRIBED;
  const type = message.readUInt8(from + 1);
  if (described && type === SMALL_ULONG) return message.readUInt8(from + 2);
  if (described && type === ULONG) return Number(message.readBigUInt64BE(from + 2));
  throw new RangeError('An AMQP message must be a sequence of described sections.');
}

/** The high half of a type code determines the length of its values. */
function endOfValue(message: Buffer, from: number): number {
  const code = message.readUInt8(from);
  const at = from + 1;
  if (code === DESCRIBED) return endOfValue(message, endOfValue(message, at));
  const end = at + valueLength(message, code, at);
  if (end > message.length) throw new RangeError('An AMQP value exceeds the end of its message.');
  return end;
}

function valueLength(message: Buffer, code: number, at: number): number {
  switch (code >> 4) {
    case 0x4:
      return 0;
    case 0x5:
      return 1;
    case 0x6:
      return 2;
    case 0x7:
      return 4;
    case 0x8:
      return 8;
    case 0x9:
      return 16;
    case 0xa:
    case 0xc:
    case 0xe:
      return 1 + message.readUInt8(at);
    case 0xb:
    case 0xd:
    case 0xf:
      return 4 + message.readUInt32BE(at);
    default:
      throw new RangeError(`0x${code.toString(16)} is not an AMQP type.`);
  }
}
