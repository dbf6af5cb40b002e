import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/text/shell-word.ts';
import { bash, claude, type Stage, scripted, setStage, toolResultsOf } from './harness.ts';
import { variablesIn } from './support-hostile.ts';
import { bodyOf, run } from './support-worker.ts';

/** Variables of the parent session, which no worker may inherit. */
const parents = {
  CLAUDECODE: 'parent',
  CLAUDE_CODE_ENTRYPOINT: 'parent',
  CLAUDE_CODE_SESSION_ID: 'parent',
  CLAUDE_CODE_SSE_PORT: '12345',
  CLAUDE_CODE_SIMPLE: '1',
  AI_AGENT: 'parent',
  CLAUDE_PID: '12345',
  CLAUDE_EFFORT: 'max',
  CLAUDE_ENV_FILE: '/nowhere',
  CLAUDE_AGENT_SDK_VERSION: '0.0.1',
  CLAUDE_PLUGIN_ROOT: '/nowhere',
  NODE_OPTIONS: '--no-warnings',
  DEBUG: 'parent',
  TRACEPARENT: '00-parent',
  TRACESTATE: 'parent=1',
  // Options decide these.
  CLAUDE_CODE_EXTRA_BODY: '{"temperature":0.77}',
  MAX_THINKING_TOKENS: '7777',
  AWM_DEFAULT_TOP_K: '7',
};

/** Variables that a worker inherits: providers, credentials and settings of the user. */
const shared = {
  CLAUDE_CODE_USE_BEDROCK: '0',
  CLAUDE_CODE_USE_VERTEX: '0',
  CLAUDE_CODE_SKIP_BEDROCK_AUTH: '1',
  CLAUDE_CODE_OAUTH_SCOPES: 'user:inference',
  CLAUDE_CODE_MAX_RETRIES: '4',
  CLAUDE_CODE_MAX_OUTPUT_TOKENS: '7777',
  CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1',
  ANTHROPIC_CUSTOM_HEADERS: 'X-Shared: yes',
  MY_OWN: 'yes',
};

/** Writes a script that records its environment and then runs the real `claude`. */
async function recordingClaude(stage: Stage): Promise<{ path: string; record: string }> {
  const path = join(stage.project, 'claude.sh');
  const record = join(stage.project, 'environment.txt');
  const lines = ['#!/bin/sh', `env > ${shellWord(record)}`, `exec '${claude}' "$@"`, ''];
  await writeFile(path, lines.join('\n'), { mode: 0o755 });
  return { path, record };
}

it('a worker inherits the variables of the user and nothing of the parent session', async () => {
  const stage = await setStage();
  const { path, record } = await recordingClaude(stage);
  const env = { ...parents, ...shared, CLAUDE_PROJECT_DIR: stage.project, AWM_CLAUDE: path };
  const session = await stage.connect({ env });
  const prompt = scripted(bash('env'), { text: 'Done.' });
  const worker = await run(stage, session, prompt, { allowed_tools: ['Bash'] });

  const given = variablesIn(await readFile(record, 'utf8'));
  const kept = Object.entries(parents).filter(([name, value]) => given[name] === value);
  expect(kept).toEqual([]);
  expect(given).not.toHaveProperty('CLAUDECODE');
  expect(given).not.toHaveProperty('CLAUDE_PROJECT_DIR');
  expect(given).not.toHaveProperty('AWM_CLAUDE');
  expect(given).toMatchObject({
    ...shared,
    ...stage.api.environment(),
    AWM_WORKER: worker.id,
    AWM_DEPTH: '1',
    MAX_THINKING_TOKENS: '0',
  });

  const seenByTools = variablesIn(toolResultsOf(worker.requests.at(-1))[0]?.content ?? '');
  const leaked = Object.entries(parents).filter(([name, value]) => seenByTools[name] === value);
  expect(leaked).toEqual([]);
  expect(seenByTools.MY_OWN).toBe('yes');
});

it('nothing of the parent session reaches the API request of a worker', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env: { ...parents, ...shared, AWM_DEFAULT_TOP_K: '' } });
  const options = { model: 'claude-haiku-4-5' };
  const worker = await run(stage, session, scripted({ text: 'Done.' }), options);
  expect(bodyOf(worker)).toMatchObject({
    max_tokens: 7777,
    temperature: 1,
    thinking: { type: 'disabled' },
  });
  expect(bodyOf(worker)).not.toHaveProperty('top_k');
  expect(worker.requests[0]?.headers).toMatchObject({ 'x-shared': 'yes', 'x-api-key': 'practice' });
});

it('a worker inherits the variables of the session that --pass-env names, also ahead of its spawn', async () => {
  const stage = await setStage();
  const { path, record } = await recordingClaude(stage);
  const env = { ...parents, AWM_CLAUDE: path, AWM_STANDBY: '1', CLAUDE_CODE_HOST_MINE: 'yes' };
  const args = ['--pass-env', 'NODE_OPTIONS,CLAUDE_CODE_HOST_MINE'];
  const session = await stage.connect({ env, args });
  for (let turn = 1; turn <= 2; turn += 1) {
    const worker = await run(stage, session, scripted({ text: 'Done.' }));
    const given = variablesIn(await readFile(record, 'utf8'));
    expect(given).toMatchObject({
      ...{ NODE_OPTIONS: parents.NODE_OPTIONS, CLAUDE_CODE_HOST_MINE: 'yes' },
    });
    expect(given).not.toHaveProperty('CLAUDE_PID');
    expect(worker.history.status).toBe('completed');
  }
});
