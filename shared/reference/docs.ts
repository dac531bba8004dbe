/**
 * What a route says about itself, next to its endpoint: a route without it does not compile. Names of schemas,
 * headers and faults are checked by their tables; what every route has in common is not repeated here.
 */
import type { FaultName } from '../faults.ts';
import type { AnswerHeader, RequestHeader } from './parameters.ts';
import type { SchemaName } from './schemas.ts';
import type { Tag } from './words.ts';

export interface RouteDocs {
  tag: Tag;
  /** A few words, such as `Create a cart`. */
  summary: string;
  /** Paragraphs; code stands in backticks. */
  description?: string;
  /** Schema of the body, if one is read. */
  request?: SchemaName;
  /** Headers that this route heeds, besides those that every route does. */
  headers?: readonly RequestHeader[];
  /** What it answers when all is well, by status. */
  answers: Record<number, AnswerDocs>;
  /** How it can fail, besides what its access implies. */
  faults?: readonly FaultName[];
}

export interface AnswerDocs {
  /** When this is the answer. */
  when: string;
  /** Absent where HTTP forbids a body. */
  schema?: SchemaName;
  /** JSON unless told otherwise. */
  media?: 'text/html';
  headers?: readonly AnswerHeader[];
}
