import { describe, expect, it } from 'vitest';
import { schemaProblem } from '../../../src/config/output-schema.ts';

describe('an output schema', () => {
  it.each([
    { type: 'object' },
    { type: 'object', properties: { answer: { type: 'number' } }, required: ['answer'] },
    { type: 'object', $defs: { a: {} }, properties: { a: { $ref: '#/$defs/a' } } },
  ])('can be used: %j', (schema) => {
    expect(schemaProblem(schema)).toBeUndefined();
  });

  it.each([
    [
      { type: 'array', items: {} },
      'options.output_schema must be a JSON Schema of type "object", found type "array"; wrap the answer in an object.',
    ],
    [
      {},
      'options.output_schema must be a JSON Schema of type "object", found type nothing; wrap the answer in an object.',
    ],
  ])('of another type is refused: %j', (schema, sentence) => {
    expect(schemaProblem(schema)).toBe(sentence);
  });

  it.each([
    { type: 'object', properties: { a: { type: 'numbr' } } },
    { type: 'object', required: 'a' },
    { type: 'object', properties: { a: { $ref: '#/$defs/missing' } } },
    { type: 'object', properties: { a: { pattern: '(' } } },
  ])('that is broken is refused: %j', (schema) => {
    expect(schemaProblem(schema)).toMatch(
      /^options\.output_schema is no valid JSON Schema: .*; correct it\.$/s,
    );
  });
});
