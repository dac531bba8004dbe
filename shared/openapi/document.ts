/** The parts of an OpenAPI 3.1 document that the reference has: what `openapi.ts` makes and `page.ts` shows. Types only. */

export interface Ref {
  $ref: string;
}

/** A JSON Schema (2020-12), as far as the reference reads it. */
export interface JsonSchema {
  $ref?: string;
  type?: string;
  format?: string;
  description?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  propertyNames?: JsonSchema;
  anyOf?: JsonSchema[];
  [keyword: string]: unknown;
}

export interface Parameter {
  name: string;
  in: 'path' | 'header' | 'query';
  required?: boolean;
  description: string;
  schema: JsonSchema;
  example?: unknown;
}

/** A body: its schema and examples by media type. */
export type Content = Record<
  string,
  { schema: JsonSchema; example?: unknown; examples?: Record<string, Ref> }
>;

export interface Response {
  description: string;
  headers?: Record<string, Ref>;
  content?: Content;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters: (Parameter | Ref)[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, Response>;
}

/** An operation and where it is. */
export interface Described {
  path: string;
  method: string;
  operation: Operation;
}

/** An error as the table of errors describes it. */
export interface ErrorEntry {
  code: string;
  status: number;
  retryable: boolean;
  when: string;
}

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; summary: string; description: string };
  servers: { url: string; description: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, JsonSchema>;
    parameters: Record<string, Parameter>;
    headers: Record<string, { description: string; schema: JsonSchema }>;
    examples: Record<string, { summary: string; value: unknown }>;
    securitySchemes: Record<string, Record<string, string>>;
  };
  /** Every error by the name under which its example stands. */
  'x-errors': Record<string, ErrorEntry>;
}
