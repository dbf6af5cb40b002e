import { describe, expect, it } from 'vitest';
import { withMarked } from '../../scripts/markdown.ts';
import { tables } from '../../scripts/tables.ts';
import { optionsSchema } from '../../src/config/options.ts';
import { describeSettings } from '../../src/config/settings.ts';
import { codeIn, firstCells, marked, rowsOf } from './documents.ts';

const page = 'docs/options-and-settings.md';

it.each(tables)('the table of $name in $path is what the schemas give', ({ path, name, text }) => {
  expect(marked(path, name), 'It is stale: run `npm run docs` and commit it.').toBe(text());
});

it('the options that are described are exactly the options that there are', () => {
  const described = firstCells(marked(page, 'options'));
  expect(described.toSorted()).toEqual(Object.keys(optionsSchema.shape).toSorted());
});

it('the settings that are described are exactly the settings that --help prints', () => {
  const printed = describeSettings().map(({ flag, variable }) => [`--${flag}`, variable]);
  const described = ['settings', 'defaults']
    .flatMap((name) => rowsOf(marked(page, name)))
    .map((row) => row.slice(0, 2).flatMap(codeIn));
  expect(described.toSorted()).toEqual(printed.toSorted());
});

describe('Text between markers', () => {
  const document = 'Before.\n<!-- begin one -->\nold\n<!-- end one -->\nAfter.\n';

  it('is replaced, and nothing else', () => {
    expect(withMarked(document, 'one', 'new $1\n')).toBe(
      'Before.\n<!-- begin one -->\nnew $1\n<!-- end one -->\nAfter.\n',
    );
  });

  it('needs its markers', () => {
    expect(() => withMarked(document, 'two', '')).toThrow('No markers for two.');
  });
});
