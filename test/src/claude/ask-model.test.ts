import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { createModelQuestions } from '../../../src/claude/ask-model.ts';
import { withDefaults } from '../../../src/config/options.ts';
import { temporaryFolder } from '../fixtures.ts';

/** Creates a question to a `claude` that is a short script, in a folder of its own. */
async function createQuestion(script: string, env: NodeJS.ProcessEnv = {}, timeout?: number) {
  const cwd = await mkdtemp(join(await temporaryFolder(), 'claude-'));
  const command = join(cwd, 'claude.sh');
  await writeFile(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const deps = { command, env: { PATH: process.env.PATH, ...env }, keepAliveSeconds: 1, depth: 0 };
  const ask = createModelQuestions(deps, timeout);
  const subject = { options: withDefaults({}, {}), agent_type: 'critic', cwd };
  const read = (name: string) => readFile(join(cwd, name), 'utf8');
  return {
    cwd,
    read,
    ask: ask(subject),
    askAs: (agent_type: string) => ask({ ...subject, agent_type }),
  };
}

const answering = (model: string) =>
  `echo '{"type":"system"}'; echo 'no JSON'; echo '{"type":"control_response","response":{"subtype":"success","request_id":"awm-settings","response":{"applied":{"model":"${model}"}}}}'`;

it('a question starts claude as for the worker, but without hooks, session or MCP servers', async () => {
  const script = `printf '%s\n' "$@" > args; cat > input; env > env; ${answering('claude-x')}`;
  const { ask, read } = await createQuestion(script, { ANTHROPIC_MODEL: 'mine', CLAUDECODE: '1' });
  expect(await ask('sonnet')).toBe('claude-x');
  const args = (await read('args')).split('\n');
  expect(args[args.indexOf('--settings') + 1]).toBe('{"disableAllHooks":true}');
  expect(args[args.indexOf('--mcp-config') + 1]).toBe('{"mcpServers":{}}');
  expect(args[args.indexOf('--agent') + 1]).toBe('critic');
  expect(args[args.indexOf('--model') + 1]).toBe('sonnet');
  expect(args).toEqual(expect.arrayContaining(['--no-session-persistence', '--strict-mcp-config']));
  expect(JSON.parse(await read('input'))).toMatchObject({ request: { subtype: 'get_settings' } });
  const env = (await read('env')).split('\n');
  expect(env).toContain('ANTHROPIC_MODEL=mine');
  expect(env).not.toContain('CLAUDECODE=1');

  expect(await ask()).toBe('claude-x');
  expect((await read('args')).split('\n')).not.toContain('--model');
});

it('equal questions at the same time share one answer', async () => {
  const { ask, askAs, read } = await createQuestion(
    `cat > /dev/null; echo "$@" >> all; ${answering('claude-x')}`,
  );
  const questions = async () => (await read('all')).trim().split('\n').length;
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(['claude-x', 'claude-x', 'claude-x']);
  expect(await questions()).toBe(1);
  await Promise.all([ask(), ask('opus'), askAs('poet')()]);
  expect(await questions()).toBe(4);
});

it.each([
  ['that exits without output', 'exit 1'],
  ['that does not read the question', 'exec < /dev/null; exit 0'],
  [
    'that answers with an error',
    `cat; echo '{"response":{"subtype":"error","request_id":"awm-settings"}}'`,
  ],
  [
    'of an older version',
    `cat; echo '{"response":{"request_id":"awm-settings","response":{"effective":{}}}}'`,
  ],
  ['that answers another request', `cat; echo '{"response":{"request_id":"other"}}'`],
])('a claude %s gives no model', async (_what, script) => {
  expect(await (await createQuestion(script)).ask()).toBeUndefined();
});

it('a claude that hangs gives no model, and is ended', async () => {
  const { ask, read } = await createQuestion('echo $$ > pid; exec sleep 600', {}, 500);
  expect(await ask()).toBeUndefined();
  const pid = Number(await read('pid'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('a missing claude gives no model', async () => {
  const deps = { command: resolve('nowhere'), env: {}, keepAliveSeconds: 1, depth: 0 };
  const subject = { options: withDefaults({}, {}), agent_type: null, cwd: '/' };
  expect(await createModelQuestions(deps)(subject)()).toBeUndefined();
});
