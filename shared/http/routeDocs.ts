/**
 * What a route says about itself in the API reference. Names of schemas, headers and errors are checked by the
 * compiler; what the routes have in common is not repeated here.
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
  /** JSON by default. */
  media?: 'text/html' | 'text/csv' | 'text/javascript' | 'text/css';
  headers?: readonly AnswerHeader[];
}
