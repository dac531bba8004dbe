/**
 * The schemas of the wire as JSON Schema, by zod's own conversion: each under its name, with references between them
 * and a description of every member. They show canonical names and values, not how leniently those are read.
 */
import * as z from 'zod';
import type { JsonSchema, Parameter } from './document.ts';
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

/** A schema as a self-contained JSON Schema. */
export function jsonSchemaOf(title: string, schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, SETTINGS);
  return { $schema, ...described({ title, ...(structuredClone(rest) as JsonSchema) }) };
}

/** The parameters in a schema of a route, one per member; what the reference says of each is in its `meta`. */
export function parametersOf(where: Parameter['in'], schema: z.ZodObject): Parameter[] {
  const { properties = {}, required = [] } = jsonSchemaOf('', schema);
  return Object.entries(properties).map(([name, { description, example, ...rest }]) => {
    if (!description || example === undefined) throw new Error(`The parameter ${name} is not described.`);
    const isRequired = required.includes(name) && rest.default === undefined;
    // A form to try a route starts with the examples: those of optional parameters would change what it does.
    return where === 'path'
      ? { name, in: where, required: true, description, schema: rest, example }
      : {
          name,
          in: where,
          ...(isRequired ? { required: true } : {}),
          description: `${description} Example: \`${example}\`.`,
          schema: rest,
        };
  });
}

interface Emitted {
  zodSchema: z.core.$ZodType;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Removes keywords that say nothing, and adds what the conversion omits for a schema that validates in two steps. */
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
