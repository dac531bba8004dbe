/** AMQP 1.0 values and messages: rhea's codec, with the types that its own declarations leave out. */

import rhea from 'rhea';

/** An AMQP error: a symbolic condition such as `amqp:not-found`, and a description for people. */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

/** A value with its AMQP type. Lists and maps contain further typed values; a map alternates keys and values. */
export interface Typed {
  readonly value: unknown;
}

interface Types {
  readonly Reader: new (bytes: Buffer) => { read(): Typed };
  readonly Writer: new () => { write(value: Typed): void; toBuffer(): Buffer };
  readonly List32: (items: readonly (Typed | undefined)[]) => Typed;
  readonly Map32: (items: readonly Typed[]) => Typed;
  described(descriptor: Typed, value: Typed): Typed;
  wrap(value: unknown): Typed;
  wrap_array(values: readonly unknown[], typeCode: number): Typed;
  wrap_int(value: number): Typed;
  wrap_long(value: number): Typed;
  wrap_string(value: string): Typed;
  wrap_symbol(value: string): Typed;
  wrap_timestamp(epochMs: number): Typed;
  wrap_uint(value: number): Typed;
  wrap_ulong(value: number): Typed;
  wrap_uuid(bytes: Buffer): Typed;
}

interface Messages {
  accepted(): { described(): Typed };
  rejected(fields: { error: AmqpError }): { described(): Typed };
  encode(message: object): Buffer;
  decode(bytes: Buffer): Record<string, unknown>;
}

/** rhea's AMQP type system. */
export const types = rhea.types as unknown as Types;
/** rhea's encoder and decoder for complete messages. */
export const messages = rhea.message as unknown as Messages;
