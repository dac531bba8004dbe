/**
 * The schemas of the wire as JSON Schema: each under its name, one referring to another, every member described.
 * It shows what is read and answered under canonical names, not how leniently names and enumerations are read.
 */
import * as z from 'zod';
import type { JsonSchema } from './document.ts';
import { MEMBERS } from './fieldDescriptions.ts';
import { SCHEMAS } from './schemas.ts';

const SETTINGS = { io: 'input', unrepresentable: 'any', override: clean } as const;

/** Every schema by its name, for `#/components/schemas`. */
export function jsonSchemas(): Record<string, JsonSchema> {
  const named = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) named.add(schema, { id });
  const { schemas } = z.toJSONSchema(named, { ...SETTINGS, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [
      id,
      described({ title: id, ...(structuredClone(schema) as JsonSchema) }),
    ]),
  );
}

/** A schema as a JSON Schema of its own, which refers to nothing outside it. */
export function jsonSchemaOf(title: string, schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, SETTINGS);
  return { $schema, ...described({ title, ...(structuredClone(rest) as JsonSchema) }) };
}

interface Emitted {
  zodSchema: z.core.$ZodType;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Takes out what says nothing, and puts in what a schema that works in two steps leaves unsupportedFields. */
function clean({ zodSchema, jsonSchema }: Emitted): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (zodSchema instanceof z.ZodRecord && zodSchema.keyType instanceof z.ZodString) {
    const { propertyNames } = jsonSchema;
    if (Object.keys(propertyNames ?? {}).join() === 'type') delete jsonSchema.propertyNames;
  }
  if (zodSchema instanceof z.ZodTuple) {
    delete jsonSchema.prefixItems;
    delete jsonSchema.items;
  }
  // A list whose length is checked before its items are: the second step knows the items.
  if (
    zodSchema instanceof z.ZodPipe &&
    zodSchema.in instanceof z.ZodArray &&
    zodSchema.out instanceof z.ZodArray
  ) {
    const { items } = z.toJSONSchema(zodSchema.out, SETTINGS);
    if (items) jsonSchema.items = items;
  }
}

/** The schema with a description for every member at any depth. */
function described(schema: JsonSchema): JsonSchema {
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const description = member.description ?? MEMBERS[name];
    if (description !== undefined) member.description = description;
    described(member);
  }
  const { items, additionalProperties, anyOf } = schema;
  if (items) described(items);
  if (typeof additionalProperties === 'object') described(additionalProperties);
  anyOf?.forEach(described);
  return schema;
}
