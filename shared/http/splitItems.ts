/**
 * Splits a large JSON object into its `items` and the rest without parsing it as a whole: parsing 16 MiB of the most
 * expensive JSON would occupy the process for seconds. The text is scanned in slices, other requests proceed between
 * them, and each part is small when it is parsed.
 */
import { setImmediate } from 'node:timers/promises';
import { type ApiError, apiError } from '../errors.ts';
import { MAX_BODY_BYTES, MAX_DEPTH } from './json.ts';

/** Characters scanned before other requests proceed. */
const SLICE_CHARS = 1_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

export interface SplitItems {
  /** The object with an empty list for its items, and the text of each item. */
  head: string;
  items: string[];
}

/** The last list `items` of the object, in any letter case; at most `maxItems` and one more are kept. */
export async function splitItems(text: string, maxItems: number): Promise<SplitItems | { error: ApiError }> {
  const scan = new Scan(text, maxItems);
  for (let from = 0; from < text.length; from = scan.at) {
    const problem = scan.run(from + SLICE_CHARS);
    if (problem) return { error: apiError('invalidInput', problem) };
    await setImmediate();
  }
  const { list } = scan;
  if (!list) {
    const problem = 'The body must be a bulk order: a JSON object with items.';
    return { error: apiError('invalidInput', problem) };
  }
  // White space around the object counts towards the limit of the body only.
  const head = `${text.slice(0, list.from).trimStart()}${text.slice(list.to).trimEnd()}`;
  if (head.length > MAX_BODY_BYTES) {
    const problem = `The members besides items must have at most ${MAX_BODY_BYTES} bytes.`;
    return { error: apiError('invalidInput', problem) };
  }
  return { head, items: list.items };
}

/** A list under construction: its content lies from `from` to `to`. */
interface List {
  from: number;
  to: number;
  items: string[];
}

class Scan {
  at = 0;
  /** The finished list. */
  list: List | undefined;
  readonly #text: string;
  readonly #maxItems: number;
  #depth = 0;
  #inString = false;
  #stringFrom = 0;
  /** Where the latest string lies: at depth 1, before a colon, it is a name. */
  #latest = '';
  #isItems = false;
  #open: List | undefined;
  #itemFrom = 0;

  constructor(text: string, maxItems: number) {
    this.#text = text;
    this.#maxItems = maxItems;
  }

  /** Scans up to a position; a sentence when the text cannot be a body. */
  run(until: number): string | undefined {
    const text = this.#text;
    const end = Math.min(until, text.length);
    for (; this.at < end; this.at++) {
      const code = text.charCodeAt(this.at);
      if (this.#inString) {
        if (code === BACKSLASH) this.at++;
        else if (code === QUOTE) this.#endString();
      } else if (code === QUOTE) {
        this.#inString = true;
        this.#stringFrom = this.at;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (++this.#depth > MAX_DEPTH) return `The body is nested more than ${MAX_DEPTH} levels deep.`;
        if (this.#depth === 2) this.#openList(code === OPEN_BRACKET);
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (this.#depth === 2) this.#closeList();
        this.#depth--;
      } else if (code === COMMA && this.#depth === 2) this.#endItem();
      else if (code === COLON && this.#depth === 1) this.#isItems = this.#latest.toLowerCase() === 'items';
    }
    return undefined;
  }

  #endString(): void {
    this.#inString = false;
    // Only names matter, and a name that is longer than this, escapes included, is not `items`.
    const isShort = this.#depth === 1 && this.at - this.#stringFrom < 32;
    this.#latest = isShort ? nameOf(this.#text.slice(this.#stringFrom, this.at + 1)) : '';
  }

  #openList(isList: boolean): void {
    const from = this.at + 1;
    this.#open = isList && this.#isItems ? { from, to: from, items: [] } : undefined;
    this.#itemFrom = from;
  }

  #endItem(): void {
    if (this.#open && this.#open.items.length <= this.#maxItems) {
      this.#open.items.push(this.#text.slice(this.#itemFrom, this.at));
    }
    this.#itemFrom = this.at + 1;
  }

  #closeList(): void {
    if (!this.#open) return;
    // A blank after the last comma is no item: the documentation's samples have trailing commas.
    if (this.#text.slice(this.#itemFrom, this.at).trim() !== '') this.#endItem();
    this.list = { ...this.#open, to: this.at };
    this.#open = undefined;
  }
}

function nameOf(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return '';
  }
}
