import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Options, optionsSchema, withDefaults } from '../../src/config/options.ts';
import { tools } from '../../src/mcp/tools.ts';
import { validate } from '../../src/mcp/validate.ts';
import { samplingModel } from '../../src/models/facts.ts';
import { refusalOf } from '../../src/models/refusal.ts';
import { firstCells, section, textOf, writtenCalls } from './documents.ts';

const page = 'docs/tools.md';
const names = tools.map(({ name }) => name);

it('the tools that are described are exactly the tools that there are', () => {
  const described = textOf(page).matchAll(/^## `(\w+)`$/gm);
  expect(Array.from(described, ([, name]) => name).toSorted()).toEqual(names.toSorted());
});

/** Says why options are refused where every model is what its name says. */
function refusal(given: Options): string | undefined {
  const name = given.model ?? samplingModel;
  return refusalOf(withDefaults(given, {}), [{ name, means: name, option: 'model' }]);
}

it('every combination that is described as refused is refused', () => {
  const given = firstCells(section('docs/options-and-settings.md', '### Refused combinations'));
  expect(given.length).toBeGreaterThan(4);
  const taken = given.filter((json) => {
    return refusal(optionsSchema.parse(JSON.parse(json))) === undefined;
  });
  expect(taken).toEqual([]);
});

it('every call that a document shows is one that the server takes', () => {
  const calls = writtenCalls();
  expect(new Set(calls.map((call) => call.tool))).toEqual(
    new Set(names.filter((name) => name !== 'list_workers')),
  );
  expect(calls.length).toBeGreaterThan(20);
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

describe('The fields of a result', () => {
  const sources = readdirSync('src/manager').map((name) => textOf(`src/manager/${name}`));

  /** Reads the fields of an interface of the manager; a list of rows has the fields of its rows. */
  function fieldsOf(type: string): string[] {
    const declared = new RegExp(
      `^(?:export )?interface ${type}(?: extends (\\w+))? \\{\\n(.*?)^\\}`,
      'ms',
    );
    const [, base, body = ''] = declared.exec(sources.join('\n')) ?? [];
    const fields = Array.from(body.matchAll(/^ {2}(\w+)\??: ([^;]+);$/gm));
    const own = fields.flatMap(([, name = '', type = '']) => {
      const [, row] = /^(\w+Row)\[\]$/.exec(type) ?? [];
      return row === undefined ? [name] : fieldsOf(row).map((field) => `${name}[].${field}`);
    });
    return [...own, ...(base === undefined ? [] : fieldsOf(base))];
  }

  it.each([
    ['spawn_worker', () => fieldsOf('SpawnResult')],
    ['wait', () => fieldsOf('WaitResult')],
    ['approve_permission', () => fieldsOf('ApproveResult')],
    ['resume_worker', () => fieldsOf('ResumeResult')],
    ['stop_worker', () => fieldsOf('StopResult')],
    ['list_workers', () => [...fieldsOf('WorkerRow').map((name) => `workers[].${name}`), 'note']],
  ])('of %s are all described', (tool, fields) => {
    const [, table = ''] = section(page, `## \`${tool}\``).split('\n| Field ');
    expect(firstCells(`\n| Field ${table}`)).toEqual(fields());
    expect(fields().length).toBeGreaterThan(1);
  });
});
