import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compatText, readCompat } from '../../scripts/compat-table.ts';
import { oldestClaude } from '../../src/claude/version.ts';
import { marked } from './documents.ts';

const page = 'docs/compatibility.md';

it('the page names the oldest version that is supported, and has a result for it', () => {
  expect(readFileSync(page, 'utf8')).toContain(
    `oldest version that is supported is ${oldestClaude}`,
  );
  const table = marked(page, 'compat');
  const versions = readCompat(table).map(({ version }) => version);
  expect(versions).toContain(oldestClaude);
  expect(compatText(readCompat(table))).toBe(table);
});

it('results are sorted by version, name the failing tests, and are read back', () => {
  const date = '2026-11-29';
  const results = [
    { version: '2.1.332', date, isRefused: false, passed: 300, skipped: 2, failing: [] },
    { version: '2.1.100', date, isRefused: true, passed: 0, skipped: 0, failing: [] },
    { version: '2.1.99', date, isRefused: false, passed: 9, skipped: 0, failing: ['a: b, c'] },
  ];
  const text = compatText(results);
  expect(text).toContain('- 2.1.99: a: b, c\n');
  expect(text).toMatch(/2\.1\.100 +\| 2026-11-29 \| refused, as it is too old/);
  expect(readCompat(text)).toEqual(results.toReversed());
});
