import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRules, readRules } from '../../src/practice/rules-file.ts';

describe('a rules file', () => {
  it('matches plain text or a regular expression', () => {
    const text = JSON.stringify([
      { match: 'plain', steps: [{ text: 'a' }] },
      { match: '/^re+/i', steps: [{ text: 'b' }] },
      { match: '/tmp/file', steps: [{ text: 'c' }] },
    ]);

    expect(parseRules(text).map((rule) => rule.match)).toEqual(['plain', /^re+/i, '/tmp/file']);
  });

  it.each([
    ['[]', 'the file needs at least one rule'],
    ['[{"match":"a","steps":[{},{"txt":""}]}]', 'rule 1, step 2: Unrecognized key: "txt"'],
    ['[{"match":"","steps":[{}]}]', 'rule 1, match: '],
    ['[{"match":"/(/","steps":[{}]}]', 'Invalid regular expression'],
    ['[', 'JSON'],
  ])('is refused: %s', (text, message) => {
    expect(() => parseRules(text)).toThrow(message);
  });

  it('is named in every error', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'practice-'));
    const path = join(directory, 'rules.json');
    await expect(readRules(path)).rejects.toThrow(/rules\.json: ENOENT/);
    await writeFile(path, '[]');
    await expect(readRules(path)).rejects.toThrow(/rules\.json: the file needs/);
    await rm(directory, { recursive: true });
  });
});
