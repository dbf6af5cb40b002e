import { expect, it } from 'vitest';
import { quotes } from '../../bench/document.ts';
import results from '../../bench/results.json' with { type: 'json' };
import { marked } from './documents.ts';

it.each(quotes)(
  'the figures in $path are those of the run that is kept',
  ({ path, name, text }) => {
    // The file is written from such an object, and JSON knows no unions.
    expect(marked(path, name)).toBe(text(results as unknown as Parameters<typeof text>[0]));
  },
);
