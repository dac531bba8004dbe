/**
 * The headers of a response of storage, in the form that the storage SDK expects. The SDK's own collection copies and
 * normalizes every header, of which it then reads two or three.
 */
import type { HttpHeaders } from '@azure/core-rest-pipeline';

/** Headers by their names in lower case, as the transport has parsed them. */
export class ReceivedHeaders implements HttpHeaders {
  readonly #values: Record<string, string | string[] | undefined>;

  constructor(values: Record<string, string | string[] | undefined>) {
    this.#values = values;
  }

  /** A header that occurs several times has the values of all, as HTTP allows. */
  get(name: string): string | undefined {
    const value = this.#values[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: string | number | boolean): void {
    this.#values[name.toLowerCase()] = String(value);
  }

  delete(name: string): void {
    delete this.#values[name.toLowerCase()];
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this);
  }

  *[Symbol.iterator](): Iterator<[string, string]> {
    for (const name of Object.keys(this.#values)) {
      const value = this.get(name);
      if (value !== undefined) yield [name, value];
    }
  }
}
