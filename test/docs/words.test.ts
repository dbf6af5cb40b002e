import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reasons } from '../../machines/worker.ts';
import { codeIn, firstCells, section, textOf, withoutBlocks } from './documents.ts';

it('the glossary has the twelve words of the project, and a few sentences on each', () => {
  const text = textOf('docs/glossary.md');
  const words = Array.from(text.matchAll(/^## (\w+)$/gm), ([, word = '']) => word);
  expect(words.map((word) => word.toLowerCase())).toEqual(
    'worker session turn slot settled delivered adopt standby lease journal phase request'.split(
      ' ',
    ),
  );
  const long = words.filter((word) => {
    const sentences = section('docs/glossary.md', `## ${word}`).match(/[.](?=\s|$)/g) ?? [];
    return sentences.length < 1 || sentences.length > 3;
  });
  expect(long).toEqual([]);
});

it('the reasons for a failure that are described are the reasons that there are', () => {
  const rows = firstCells(section('docs/troubleshooting.md', '## Why a worker failed'));
  expect(reasons.length).toBeGreaterThan(10);
  expect(rows.toSorted()).toEqual(reasons.toSorted());
});

it('every field of the history files of recorded workers is described', () => {
  const files = readdirSync('test/golden', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('history.json'))
    .map((path) => JSON.parse(textOf(`test/golden/${path}`)));
  expect(files.length).toBeGreaterThan(10);
  const described = new Set(codeIn(section('docs/files.md', '## The history file')));
  const turns = files.flatMap((file) => file.turns);
  const fields = [...files, ...turns, ...turns.flatMap((turn) => turn.permissions)].flatMap(
    Object.keys,
  );
  expect(new Set(fields).size).toBeGreaterThan(25);
  expect([...new Set(fields)].filter((field) => !described.has(field))).toEqual([]);
});

it('the sentences that troubleshooting quotes are sentences of the program', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => textOf(`src/${path}`))
    .join('\n');
  const text = withoutBlocks(textOf('docs/troubleshooting.md'));
  const quoted = Array.from(text.matchAll(/"([^"\n]+)"/g), ([, sentence = '']) => sentence);
  const parts = quoted.flatMap((sentence) => sentence.split('…')).map((part) => part.trim());
  const long = parts.filter((part) => part.length > 10);
  expect(long.length).toBeGreaterThan(12);
  expect(long.filter((part) => !sources.includes(part))).toEqual([]);
});
