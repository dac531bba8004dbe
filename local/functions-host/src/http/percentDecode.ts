/** Percent-decoding as in .NET: sequences that are not UTF-8 are left as they are. */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes `%XX` sequences, except those for which `keep` returns true. */
export function percentDecode(text: string, keep: (encoded: string) => boolean = () => false): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => decodeRun(run.match(/%../g) ?? [], keep));
}

function decodeRun(sequences: readonly string[], keep: (encoded: string) => boolean): string {
  let decoded = '';
  for (let index = 0; index < sequences.length; ) {
    const encoded = sequences[index] ?? '';
    const sequence = sequences.slice(index, index + sequenceLength(byteOf(encoded)));
    const character = keep(encoded) ? undefined : decodeCharacter(sequence);
    decoded += character ?? encoded;
    index += character === undefined ? 1 : sequence.length;
  }
  return decoded;
}

function decodeCharacter(sequence: readonly string[]): string | undefined {
  try {
    return decoder.decode(Uint8Array.from(sequence, byteOf));
  } catch {
    return undefined;
  }
}

function byteOf(encoded: string): number {
  return Number.parseInt(encoded.slice(1), 16);
}

/** The length of a UTF-8 sequence by its first byte. */
function sequenceLength(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
