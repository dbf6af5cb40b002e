import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { carriers } from '../../src/claude/carriers.ts';
import type { Stage } from './harness.ts';

/** For each variable that carries an option or a promise, a value that would change it. */
export const hostile: Record<string, string> = {
  CLAUDE_CODE_MAX_OUTPUT_TOKENS: '31000',
  MAX_THINKING_TOKENS: '9000',
  CLAUDE_CODE_DISABLE_THINKING: '1',
  CLAUDE_CODE_EXTRA_BODY: '{"temperature":0.9,"top_k":3}',
  CLAUDE_CODE_EFFORT_LEVEL: 'max',
  CLAUDE_CODE_MAX_TURNS: '1',
  CLAUDE_CODE_NO_MODEL_FALLBACK: '1',
  CLAUDE_CODE_EXIT_AFTER_STOP_DELAY: '2',
  CLAUDE_CODE_EAGER_FLUSH: '0',
  CLAUDE_CODE_SKIP_PROMPT_HISTORY: '1',
  CLAUDE_CODE_RESUME_INTERRUPTED_TURN: '1',
  CLAUDE_CODE_SDK_READS_SESSION_STATE: '0',
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  DISABLE_AUTOUPDATER: '0',
  AWM_WORKER: 'another',
  AWM_DEPTH: '0',
};

export const carrierNames = Object.keys(carriers);

/** The other settings with which a file could change an option. */
const settings = {
  model: 'claude-haiku-4-5',
  effortLevel: 'max',
  alwaysThinkingEnabled: true,
  permissions: { defaultMode: 'plan' },
};

/** Where settings are read from. */
export const places = ['user', 'project', 'local'] as const;

/** Writes settings that change everything they can, in one place. */
export async function writeHostileSettings(
  { home, project }: Stage,
  place: (typeof places)[number],
): Promise<void> {
  const path = {
    user: join(home, '.claude', 'settings.json'),
    project: join(project, '.claude', 'settings.json'),
    local: join(project, '.claude', 'settings.local.json'),
  }[place];
  await mkdir(dirname(path), { recursive: true });
  const env = { ...hostile, ANTHROPIC_MODEL: 'claude-haiku-4-5' };
  await writeFile(path, JSON.stringify({ ...settings, env }));
}

/** Returns the variables that the command `env` printed. */
export function variablesIn(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
