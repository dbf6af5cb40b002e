import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Options, optionsSchema, withDefaults } from '../../src/config/options.ts';
import { describeSettings } from '../../src/config/settings.ts';
import { tools } from '../../src/mcp/tools.ts';
import { validate } from '../../src/mcp/validate.ts';
import { samplingModel } from '../../src/models/facts.ts';
import { refusalOf } from '../../src/models/refusal.ts';
import { runPractice } from '../../src/practice/command.ts';
import { parseRules } from '../../src/practice/rules-file.ts';
import { blocks, documents, marked, section, textOf, writtenCalls } from './documents.ts';

const readme = textOf('README.md');
const practice = section('README.md', '## Rehearse for nothing: the practice API');

/** The GitHub anchors of a document's headings. */
const anchorsOf = (text: string): string[] =>
  Array.from(text.matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

const rowsOf = (table: string): string[] => table.split('\n').filter((line) => /^\| `/.test(line));
const firstCell = (row: string): string => row.split(' | ')[0] ?? '';
const codeIn = (text: string): string[] =>
  Array.from(text.matchAll(/`([^`]+)`/g), ([, code = '']) => code);

it.each(documents)('every relative link in %s leads to something that is there', (path) => {
  const targets = Array.from(textOf(path).matchAll(/\]\(([^)]+)\)/g), ([, target = '']) => target);
  const broken = targets
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path : join(dirname(path), file);
      return !existsSync(found) || (anchor && !anchorsOf(textOf(found)).includes(anchor));
    });
  expect(broken).toEqual([]);
});

it.each(documents)('every npm script that %s names exists', (path) => {
  const named = Array.from(textOf(path).matchAll(/npm run ([\w-]+)/g), ([, name = '']) => name);
  expect(named.filter((name) => !(name in packageJson.scripts))).toEqual([]);
});

it('the README describes exactly the options that there are', () => {
  const [table = ''] = section('README.md', '## Options').split('Combinations that');
  const described = rowsOf(table).flatMap((row) => codeIn(firstCell(row)));
  expect(described.toSorted()).toEqual(Object.keys(optionsSchema.shape).toSorted());
});

it('the README describes exactly the settings that --help prints', () => {
  const printed = describeSettings().flatMap((line) => {
    const [, flag = '', variable = ''] = /--([\w-]+) \((\w+)\)/.exec(line) ?? [];
    return [`--${flag}`, variable];
  });
  const described = codeIn(section('README.md', '## Settings')).filter((code) =>
    /^(--|AWM_)/.test(code),
  );
  expect(described.toSorted()).toEqual(printed.toSorted());
});

it('the README describes exactly the tools that there are', () => {
  const described = section('README.md', '## Tools').matchAll(/^### `(\w+)`$/gm);
  expect(Array.from(described, ([, name]) => name).toSorted()).toEqual(
    tools.map(({ name }) => name).toSorted(),
  );
});

/** What is said of options where every model is what its name says. */
function refusal(given: Options): string | undefined {
  const name = given.model ?? samplingModel;
  return refusalOf(withDefaults(given, {}), [{ name, means: name, option: 'model' }]);
}

it('every combination that the README calls refused is refused', () => {
  const [, table = ''] = section('README.md', '## Options').split('Combinations that');
  const given = rowsOf(table).flatMap((row) => codeIn(firstCell(row)));
  expect(given.length).toBeGreaterThan(4);
  const taken = given.filter((json) => {
    return refusal(optionsSchema.parse(JSON.parse(json))) === undefined;
  });
  expect(taken).toEqual([]);
});

it('every call that the README shows is one that the server takes', () => {
  const calls = writtenCalls();
  expect(new Set(calls.map((call) => call.tool))).toEqual(
    new Set(tools.map(({ name }) => name).filter((name) => name !== 'list_workers')),
  );
  for (const { tool: name, args } of calls) {
    const tool = tools.find((candidate) => candidate.name === name);
    expect(tool, name).toBeDefined();
    if (!tool) continue;
    const checked = validate(tool, args);
    const given =
      typeof checked === 'object' && checked !== null && 'options' in checked
        ? optionsSchema.parse(checked.options)
        : {};
    expect(refusal(given)).toBeUndefined();
  }
});

it('the practice script of the README is one that the practice API takes', () => {
  const [script = ''] = blocks(practice, 'json');
  expect(parseRules(script)).toHaveLength(3);
});

it('what the practice API prints is what the README shows', async () => {
  const stop = new AbortController();
  let printed = '';
  const stdout = {
    write(text: string) {
      printed += text;
      stop.abort();
    },
  };
  await runPractice([], { stdout, stderr: { write: () => {} }, signal: stop.signal });
  const [shown] = blocks(practice, 'text');
  expect(printed.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:4010')).toBe(shown);
});

it('the picture in the README is the one drawn from the worker machine', () => {
  const [shown] = blocks(marked('README.md', 'machines/worker.mmd'), 'mermaid');
  const advice = 'Copy machines/worker.mmd to between its markers in the README.';
  expect(shown, advice).toBe(readFileSync('machines/worker.mmd', 'utf8'));
});

it('the README names the reasons for a failure that there are', () => {
  const chart = readFileSync('machines/worker.ts', 'utf8');
  const [union = ''] = /export type Reason =[^;]*;/.exec(chart) ?? [];
  const reasons = Array.from(union.matchAll(/'(\w+)'/g), ([, reason = '']) => reason);
  const rows = rowsOf(section('README.md', '## How a worker lives'));
  expect(rows.flatMap((row) => codeIn(firstCell(row))).toSorted()).toEqual(reasons.toSorted());
});

it('the README keeps to the version of Node that the package asks for', () => {
  expect(readme).toContain(`Node ${packageJson.engines.node.replace('>=', '')} or later`);
});

it('the names of the command are the ones that the package puts on PATH', () => {
  const names = Array.from(
    readme.matchAll(/`(awm|async-worker-manager) [a-z]+/g),
    ([, name]) => name,
  );
  expect(new Set(names)).toEqual(new Set(Object.keys(packageJson.bin)));
});
