/** Headers of responses, and the headers that every request may have: what the reference says of them. */
import type { Parameter } from './document.ts';

const text = { type: 'string' } as const;

/** The ids of a request, which every route reads (docs/contract.md 2.2 to 2.4). */
export const TRACE_PARAMETERS = {
  'MS-RequestId': {
    description:
      'Identifies the call: a repeat with the same id and body is the same call and is carried out once. A GUID; any other value, and the zero GUID, is treated as absent. Generated when absent; always returned.',
    schema: { ...text, format: 'uuid' },
    example: '9b7e2f4c-3d56-4a80-8c1e-6f0d5b2a7e93',
  },
  'MS-CorrelationId': {
    description: 'Correlates a call across logs. Generated when absent; always returned.',
    schema: { ...text, maxLength: 128 },
    example: '57eb2ca7-755f-450f-9187-eae1e75a0114',
  },
  'MS-CV': {
    description: 'A correlation vector. Generated when absent; always returned.',
    schema: { ...text, maxLength: 128 },
    example: 'Wq3eYzGXGUa2NQbm.0',
  },
  'X-Locale': {
    description: 'A language tag, which is returned. Descriptions are in English regardless.',
    schema: text,
    example: 'en-US',
  },
} as const satisfies Record<string, Pick<Parameter, 'description' | 'schema' | 'example'>>;

/** Their names. Every response has these headers too, and names the server. */
export const TRACE_HEADERS = Object.keys(TRACE_PARAMETERS) as (keyof typeof TRACE_PARAMETERS)[];

export const ANSWER_HEADERS = {
  'MS-RequestId': { description: 'The request id, as sent or generated.', schema: text },
  'MS-CorrelationId': { description: 'The correlation id, as sent or generated.', schema: text },
  'MS-CV': { description: 'The correlation vector, as sent or generated.', schema: text },
  'MS-ServerId': { description: 'The server; always the same.', schema: text },
  'X-Locale': { description: 'The language tag as sent, or `en-US`.', schema: text },
  'Preference-Applied': { description: 'The preference that was applied.', schema: text },
  ETag: { description: 'The version of the cart.', schema: text },
  Location: { description: 'Where to read the progress.', schema: text },
  'Retry-After': {
    description: 'Whole seconds before a retry can succeed.',
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': { description: 'Asks for a bearer token.', schema: text },
} as const;

export type AnswerHeader = keyof typeof ANSWER_HEADERS;
