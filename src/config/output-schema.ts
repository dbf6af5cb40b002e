import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { messageOf } from '../errors.ts';

/**
 * Says why a worker's `output_schema` cannot be used, or undefined when it can.
 * `claude` takes a broken schema without a word and then answers without one.
 */
export function schemaProblem(schema: Record<string, unknown>): string | undefined {
  if (schema.type !== 'object') {
    return `options.output_schema must be a JSON Schema of type "object", found type ${JSON.stringify(schema.type) ?? 'nothing'}; wrap the answer in an object.`;
  }
  try {
    new AjvJsonSchemaValidator().getValidator(schema);
    return undefined;
  } catch (error) {
    return `options.output_schema is no valid JSON Schema: ${messageOf(error)}; correct it.`;
  }
}
