import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Step, Turn } from '../../src/practice/script.ts';
import { bash, type Stage, scripted, setStage, toolResultsOf } from './harness.ts';
import { needsOrdinaryHome } from './hostile-home.ts';
import { carrierNames, variablesIn } from './support-hostile.ts';
import { type OuterOptions, runOuterClaude, toolPrefix } from './support-outer.ts';
import { requestsOf } from './support-worker.ts';

/** What a user can set for every `claude`, in a shell or in settings; the last name is of no version yet. */
const ofUser = {
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1',
  CLAUDE_CODE_SUBAGENT_MODEL: 'claude-haiku-4-5',
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
  CLAUDE_CODE_EFFORT_LEVEL: 'low',
  CLAUDE_CODE_MAX_OUTPUT_TOKENS: '9000',
  CLAUDE_CODE_NEW_OF_TOMORROW: '1',
  MY_OWN: 'yes',
};

const ask = 'Which environment?';

type Variables = Record<string, string>;

/** Returns what a session printed with `env`, without the variables that differ in every process. */
function printedBy(stage: Stage, session_id: string | undefined): Variables {
  const request = requestsOf(stage, session_id ?? '').at(-1);
  const variables = variablesIn(toolResultsOf(request)[0]?.content ?? '');
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !differs.has(name)));
}

/** The marks of a session that have another value in every process. */
const differs = new Set([
  ...['CLAUDE_CODE_SESSION_ID', 'CLAUDE_CODE_MESSAGING_SOCKET', 'CLAUDE_CODE_MESSAGING_TOKEN'],
  ...['CLAUDE_CODE_CHILD_NOTES_DIR', 'CLAUDE_PID', '_', 'SHLVL', 'PWD', 'OLDPWD'],
]);

/** Has a worker run `env`, of a `claude` that is started in this way. */
async function seenByWorker(stage: Stage, options: OuterOptions): Promise<Variables> {
  const call = (tool: string, input: object): Step => ({
    tools: [{ name: `${toolPrefix}${tool}`, input: { ...input } }],
  });
  const prompt = scripted(bash('env'), { text: 'Done.' });
  const spawn = {
    ...{ description: 'Look', prompt },
    options: { model: 'claude-sonnet-4-6', allowed_tools: ['Bash'] },
  };
  const steps = ({ step }: Turn): Step =>
    [call('spawn_worker', spawn), call('wait', {})][step] ?? { text: 'Done.' };
  stage.api.setRules([{ match: ask, steps }]);
  await runOuterClaude(stage, ask, options);
  const worker = stage.api.requests.find((request) => request.prompt === prompt);
  return printedBy(stage, worker?.session);
}

/** Has a `claude` run `env` that a person starts. */
async function seenByHand(stage: Stage, { env = {} }: OuterOptions): Promise<Variables> {
  const prompt = scripted(bash('env'), { text: 'Done.' });
  const args = ['--model', 'claude-sonnet-4-6'];
  const lines = await runOuterClaude(stage, prompt, { env, args, hasServer: false });
  return printedBy(stage, lines.find(({ type }) => type === 'result').session_id);
}

/** Writes settings with variables, and a wrapper for every command that `claude` runs. */
async function setUp({ project, home }: Stage): Promise<Record<string, string>> {
  const wrapper = join(home, 'wrapper.sh');
  const lines = ['#!/bin/sh', 'export WRAPPED=yes', 'exec /bin/sh -c "$*"', ''];
  await writeFile(wrapper, lines.join('\n'), { mode: 0o755 });
  await mkdir(join(project, '.claude'), { recursive: true });
  const env = { OF_SETTINGS: 'yes', CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' };
  await writeFile(join(project, '.claude', 'settings.json'), JSON.stringify({ env }));
  return { CLAUDE_CODE_SHELL_PREFIX: wrapper };
}

const ofHome = needsOrdinaryHome(
  'the claude above obeys the settings of the home, such as one turn',
);

it.skipIf(ofHome).each<[string, OuterOptions]>([
  ['of claude', {}],
  ['of claude in the environment of a user', { env: ofUser }],
  ['of claude with an agent', { args: ['--agent', 'general-purpose'] }],
  ['of a bare claude', { args: ['--bare'] }],
])(
  'a worker %s has the environment of a claude that is started by hand',
  { timeout: 60_000 },
  async (_what, options) => {
    const stage = await setStage();
    const env = { ...(await setUp(stage)), ...options.env };
    const worker = await seenByWorker(stage, { ...options, env });
    const byHand = await seenByHand(stage, { env });
    expect(byHand).toMatchObject({ ...env, OF_SETTINGS: 'yes', WRAPPED: 'yes' });
    // Options decide the others.
    const isFree = ([name]: [string, string]) => !carrierNames.includes(name) || name in env;
    const free = (variables: Variables) =>
      Object.fromEntries(Object.entries(variables).filter(isFree));
    expect(free(worker)).toEqual(free(byHand));
  },
);
