import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { managedNotes } from '../../../src/claude/managed-settings.ts';

/** Makes a folder of managed settings. */
async function managed(files: Record<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'awm-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'managed-settings.d'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return [join(folder, 'missing'), folder];
}

it('managed settings that set variables of options are named, with the options', async () => {
  const folders = await managed({
    'managed-settings.json': '{"env":{"MAX_THINKING_TOKENS":"9000","MY_OWN":"1"}}',
    'managed-settings.d/more.json': '{"env":{"CLAUDE_CODE_EFFORT_LEVEL":"max"}}',
  });
  expect(await managedNotes(folders)).toEqual([
    'The managed settings of this machine set MAX_THINKING_TOKENS, CLAUDE_CODE_EFFORT_LEVEL, and claude prefers them to the options thinking, top_p, effort.',
  ]);
});

it('managed settings that change options in another way, or break a promise, are named', async () => {
  const env = { CLAUDE_CODE_SKIP_PROMPT_HISTORY: '1', DISABLE_AUTOUPDATER: '1' };
  const permissions = { ask: ['Bash'], defaultMode: 'plan' };
  const settings = { env, permissions, availableModels: ['haiku'], model: 'haiku' };
  const folders = await managed({ 'managed-settings.json': JSON.stringify(settings) });
  expect(await managedNotes(folders)).toEqual([
    'The managed settings of this machine set availableModels, permissions.ask, and claude prefers them to the options model, fallback_model, allowed_tools.',
    'The managed settings of this machine set CLAUDE_CODE_SKIP_PROMPT_HISTORY, so a worker may end too early, or not be resumable.',
  ]);
});

it.each<[string, Record<string, string>]>([
  ['that do not exist', {}],
  ['that cannot be parsed', { 'managed-settings.json': '{"env":' }],
  ['with other variables', { 'managed-settings.json': '{"env":{"MY_OWN":"1"}}' }],
  ['without variables', { 'managed-settings.json': '{"env":[]}' }],
])('managed settings %s are not named', async (_what, files) => {
  expect(await managedNotes(await managed(files))).toEqual([]);
});
