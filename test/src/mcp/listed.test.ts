import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { listedTools } from '../../../scripts/listed-tools.ts';

it('the stored list of tools is up to date', async () => {
  const path = 'src/mcp/listed.json';
  const stored = await readFile(path, 'utf8');
  expect(stored, `${path} is stale: run \`npm run tools\` and commit it.`).toBe(listedTools());
});
