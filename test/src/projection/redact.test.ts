import { expect, it } from 'vitest';
import { redact } from '../../../src/projection/redact.ts';

const letters = 'a1B2'.repeat(12);

it.each([
  [`sk-ant-api03-${letters}`, 'sk-a[hidden]'],
  [`ghp_${letters.slice(0, 36)}`, 'ghp_[hidden]'],
  [`github_pat_${letters}`, 'gith[hidden]'],
  [`glpat-${letters.slice(0, 20)}`, 'glpa[hidden]'],
  [`npm_${letters.slice(0, 36)}`, 'npm_[hidden]'],
  [`xoxb-1234-${letters}`, 'xoxb[hidden]'],
  ['AKIAABCDEFGHIJKLMNOP', 'AKIA[hidden]'],
  [`AIza${letters.slice(0, 35)}`, 'AIza[hidden]'],
  [`eyJ${letters}.eyJ${letters}.${letters}`, 'eyJa[hidden]'],
  [`-----BEGIN RSA PRIVATE KEY-----\n${letters}\n-----END RSA PRIVATE KEY-----`, '----[hidden]'],
])('a key is hidden in a line of text and in JSON: %s', (key, hidden) => {
  expect(redact(`KEY=${key} `)).toBe(`KEY=${hidden} `);
  const message = { text: `The key is "${key}".`, next: key };
  expect(JSON.parse(redact(JSON.stringify(message)))).toEqual({
    ...{ text: `The key is "${hidden}".`, next: hidden },
  });
});

it.each([
  'task-management-of-many-things',
  'sk-short',
  'AKIA',
  'a 3f786850e387550fdab836ed7e6dc881de23001b',
])('a text without a key stays as it is: %s', (text) => {
  expect(redact(text)).toBe(text);
});
