import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { messageOf } from '../errors.ts';

/**
 * Returns the problem of a worker's `output_schema`, or undefined when it is valid.
 * `claude` accepts a broken schema without an error and then ignores it.
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
