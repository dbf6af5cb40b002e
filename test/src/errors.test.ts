import { describe, expect, it } from 'vitest';
import { codeOf, ManagerError, messageOf, nearest } from '../../src/errors.ts';

describe('the nearest name', () => {
  const known = ['temperature', 'top_p', 'top_k', 'max_tokens', 'model'];
  it.each([
    ['temprature', 'temperature'],
    ['Temperature', 'temperature'],
    ['maxtokens', 'max_tokens'],
    ['modle', 'model'],
    ['top-k', 'top_k'],
    ['model', 'model'],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });

  it.each(['', 'verbose', 'output_format', 'x'.repeat(1000)])('of %j is none', (name) => {
    expect(nearest(name, known)).toBeUndefined();
  });

  it('of no known names is none', () => {
    expect(nearest('model', [])).toBeUndefined();
  });
});

describe('a thrown value', () => {
  it.each([
    [new Error('broken'), 'broken'],
    [new ManagerError('storage', 'no room'), 'no room'],
    ['words', 'words'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ message: 'no error' }, '[object Object]'],
  ])('has a message: %j', (thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });

  it.each([
    [Object.assign(new Error('gone'), { code: 'ENOENT' }), 'ENOENT'],
    [Object.assign(new Error('gone'), { code: 7 }), undefined],
    [new Error('gone'), undefined],
    [{ code: 'ENOENT' }, undefined],
    ['ENOENT', undefined],
  ])('has the system error code, if there is one: %j', (thrown, code) => {
    expect(codeOf(thrown)).toBe(code);
  });
});

it('a ManagerError keeps its code and its cause', () => {
  const cause = new Error('EACCES');
  const error = new ManagerError('storage', 'The logs folder cannot be written.', { cause });
  expect(error).toMatchObject({ name: 'ManagerError', code: 'storage', cause });
  expect(error).toBeInstanceOf(Error);
});
