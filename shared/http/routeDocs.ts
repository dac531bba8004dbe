/**
 * What a route says about itself, next to its endpoint: a route without it does not compile. Names of schemas,
 * headers and errors are checked by their tables; what every route has in common is not repeated here.
 */
import type { ErrorName } from '../errors.ts';
import type { Tag } from '../openapi/info.ts';
import type { AnswerHeader } from '../openapi/parameters.ts';
import type { SchemaName } from '../openapi/schemas.ts';

export interface RouteDocs {
  tag: Tag;
  /** A few words, such as `Create a cart`. */
  summary: string;
  /** Paragraphs; code stands in backticks. */
  description?: string;
  /** What it answers when all is well, by status. */
  answers: Record<number, AnswerDocs>;
  /** How it can fail, besides what its access implies. */
  errors?: readonly ErrorName[];
}

export interface AnswerDocs {
  /** When this is the answer. */
  when: string;
  /** Absent where HTTP forbids a body. */
  schema?: SchemaName;
  /** JSON unless told otherwise. */
  media?: 'text/html' | 'text/csv';
  headers?: readonly AnswerHeader[];
}
