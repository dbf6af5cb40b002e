import { expect, it } from 'vitest';
import { runPractice } from '../../src/practice/command.ts';
import { parseRules } from '../../src/practice/rules-file.ts';
import { stepsSchema } from '../../src/practice/script.ts';
import { blocks, firstCells, textOf } from './documents.ts';

const page = textOf('docs/practice-api.md');

it('the script that is shown is one that the practice API takes', () => {
  const [script = ''] = blocks(page, 'json');
  expect(parseRules(script)).toHaveLength(3);
});

it('the fields of a step that are described are the ones that there are', () => {
  expect(firstCells(page)).toEqual(Object.keys(stepsSchema.element.shape));
});

it('what the practice API prints is what is shown', async () => {
  const stop = new AbortController();
  let printed = '';
  const stdout = {
    write(text: string) {
      printed += text;
      stop.abort();
    },
  };
  await runPractice({ port: 0 }, { stdout, stderr: { write: () => {} }, signal: stop.signal });
  const [shown] = blocks(page, 'text');
  expect(printed.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:4010')).toBe(shown);
});
