import * as z from 'zod';
import { readConfig } from '../src/config/config.ts';
import { optionsSchema, withDefaults } from '../src/config/options.ts';
import { defaultable, flagOf, settings, variableOf } from '../src/config/settings.ts';
import { tools } from '../src/mcp/tools.ts';
import { markdownTable } from './markdown.ts';
import { argumentMeanings, type Meaning, optionMeanings, settingMeanings } from './meanings.ts';
import { valuesOf } from './values.ts';

/** A table of a document that the schemas give: `name` is that of its marker comments. */
export interface GeneratedTable {
  path: string;
  name: string;
  text(): string;
}

const configuration = 'docs/options-and-settings.md';

/** Every generated table. `npm run docs` writes them, and a test compares them. */
export const tables: GeneratedTable[] = [
  ...tools.map(({ name, schema }) => ({
    path: 'docs/tools.md',
    name: `arguments of ${name}`,
    text: () => argumentTable(name, schema.shape),
  })),
  { path: configuration, name: 'options', text: optionTable },
  { path: configuration, name: 'settings', text: settingTable },
  { path: configuration, name: 'defaults', text: defaultTable },
];

const code = (text: string): string => `\`${text}\``;

/** JSON Schema tells what a caller may write; the output of a setting is what its text stands for. */
const takes = (schema: z.core.$ZodType): string =>
  valuesOf(z.toJSONSchema(schema, { io: 'output' }));

function argumentTable(tool: string, shape: z.core.$ZodShape): string {
  const rows = Object.entries(shape).map(([name, schema]) => {
    const { meaning, otherwise = '' } = meaningOf(argumentMeanings[tool], name);
    const isNeeded = !z.safeParse(schema, undefined).success;
    return [code(name), takes(schema), isNeeded ? '**required**' : otherwise || 'none', meaning];
  });
  return `${markdownTable(['Argument', 'Takes', 'If left out', 'Meaning'], rows)}\n`;
}

function optionTable(): string {
  const builtIn: Record<string, unknown> = withDefaults({}, {});
  const rows = Object.entries(optionsSchema.shape).map(([name, schema]) => {
    const { meaning, otherwise = 'none' } = meaningOf(optionMeanings, name);
    const usual = name in builtIn ? code(String(builtIn[name])) : otherwise;
    return [code(name), takes(schema), usual, meaning];
  });
  return `${markdownTable(['Option', 'Takes', 'Default', 'Meaning'], rows)}\n`;
}

function settingTable(): string {
  const builtIn: Record<string, unknown> = { ...readConfig({}, {}) };
  const rows = Object.entries(settings).map(([name, { schema }]) => {
    const { meaning, otherwise } = meaningOf(settingMeanings, name);
    const value = builtIn[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
    const usual = otherwise ?? code(String(value));
    return [code(`--${name}`), code(variableOf(name)), takes(schema), usual, meaning];
  });
  return `${markdownTable(['Flag', 'Variable', 'Takes', 'Default', 'Meaning'], rows)}\n`;
}

function defaultTable(): string {
  const rows = Object.keys(defaultable).map((option) => {
    const flag = flagOf(option);
    return [code(`--${flag}`), code(variableOf(flag)), code(option)];
  });
  return `${markdownTable(['Flag', 'Variable', 'Default of the option'], rows)}\n`;
}

/**
 * Returns the meaning of a name.
 * @throws Error when nobody has written it down.
 */
function meaningOf(meanings: Record<string, Meaning> | undefined, name: string): Meaning {
  const meaning = meanings?.[name];
  if (!meaning) throw new Error(`scripts/meanings.ts does not say what ${name} means.`);
  return meaning;
}
