import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { charts, statesOf } from './charts.ts';

describe.each(charts)('$source', ({ machine, source }) => {
  it('describes every state with a sentence', () => {
    const descriptions = statesOf(machine).map(({ id, description }) => [id, description]);

    expect(descriptions).toEqual(
      descriptions.map(([id]) => [id, expect.stringMatching(/^[A-Z].+\.$/)]),
    );
  });

  it('imports only xstate, so that any editor of statecharts opens it', async () => {
    const text = await readFile(source, 'utf8');
    const modules = [...text.matchAll(/\bfrom\s+['"](.+?)['"]|\bimport\s*\(?\s*['"](.+?)['"]/g)];

    expect(modules.map(([, from, bare]) => from ?? bare)).toEqual(['xstate']);
  });

  it('uses no clock, no random number and no process', async () => {
    const text = await readFile(source, 'utf8');

    expect(text).not.toMatch(/\b(Date|performance|setTimeout|setInterval|crypto|globalThis)\b/);
    expect(text).not.toMatch(/Math\.random|process\.(env|pid|cwd|kill)|console\./);
  });

  it('has a definition of plain data', () => {
    expect(JSON.parse(JSON.stringify(machine.definition))).toMatchObject({ id: machine.id });
  });
});
