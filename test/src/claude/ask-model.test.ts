import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { createModelQuestions } from '../../../src/claude/ask-model.ts';
import { withDefaults } from '../../../src/config/options.ts';
import { temporaryFolder } from '../fixtures.ts';

/** A `claude` of a few lines, in a folder of its own. */
async function createAsker(script: string, env: NodeJS.ProcessEnv = {}, timeout?: number) {
  const cwd = await mkdtemp(join(await temporaryFolder(), 'claude-'));
  const command = join(cwd, 'claude.sh');
  await writeFile(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const port = { command, env: { PATH: process.env.PATH, ...env }, keepAliveSeconds: 1, depth: 0 };
  const ask = createModelQuestions(port, timeout);
  const subject = { options: withDefaults({}, {}), agent_type: 'critic', cwd };
  const told = (name: string) => readFile(join(cwd, name), 'utf8');
  return {
    cwd,
    told,
    ask: ask(subject),
    askAs: (agent_type: string) => ask({ ...subject, agent_type }),
  };
}

const answering = (model: string) =>
  `echo '{"type":"system"}'; echo 'no JSON'; echo '{"type":"control_response","response":{"subtype":"success","request_id":"awm-settings","response":{"applied":{"model":"${model}"}}}}'`;

it('claude is asked as the worker would be started, but without hooks, session or MCP servers', async () => {
  const script = `printf '%s\n' "$@" > args; cat > input; env > env; ${answering('claude-x')}`;
  const { ask, told } = await createAsker(script, { ANTHROPIC_MODEL: 'mine', CLAUDECODE: '1' });
  expect(await ask('sonnet')).toBe('claude-x');
  const args = (await told('args')).split('\n');
  expect(args[args.indexOf('--settings') + 1]).toBe('{"disableAllHooks":true}');
  expect(args[args.indexOf('--mcp-config') + 1]).toBe('{"mcpServers":{}}');
  expect(args[args.indexOf('--agent') + 1]).toBe('critic');
  expect(args[args.indexOf('--model') + 1]).toBe('sonnet');
  expect(args).toEqual(expect.arrayContaining(['--no-session-persistence', '--strict-mcp-config']));
  expect(JSON.parse(await told('input'))).toMatchObject({ request: { subtype: 'get_settings' } });
  const env = (await told('env')).split('\n');
  expect(env).toContain('ANTHROPIC_MODEL=mine');
  expect(env).not.toContain('CLAUDECODE=1');

  expect(await ask()).toBe('claude-x');
  expect((await told('args')).split('\n')).not.toContain('--model');
});

it('those who ask the same at once share an answer', async () => {
  const { ask, askAs, told } = await createAsker(
    `cat > /dev/null; echo "$@" >> all; ${answering('claude-x')}`,
  );
  const asked = async () => (await told('all')).trim().split('\n').length;
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(['claude-x', 'claude-x', 'claude-x']);
  expect(await asked()).toBe(1);
  await Promise.all([ask(), ask('opus'), askAs('poet')()]);
  expect(await asked()).toBe(4);
});

it.each([
  ['that ends without a word', 'exit 1'],
  ['that does not read what it is asked', 'exec < /dev/null; exit 0'],
  [
    'that answers an error',
    `cat; echo '{"response":{"subtype":"error","request_id":"awm-settings"}}'`,
  ],
  [
    'of an older version',
    `cat; echo '{"response":{"request_id":"awm-settings","response":{"effective":{}}}}'`,
  ],
  ['that answers something else', `cat; echo '{"response":{"request_id":"other"}}'`],
])('a claude %s does not say', async (_what, script) => {
  expect(await (await createAsker(script)).ask()).toBeUndefined();
});

it('a claude that hangs does not say, and is ended', async () => {
  const { ask, told } = await createAsker('echo $$ > pid; exec sleep 600', {}, 500);
  expect(await ask()).toBeUndefined();
  const pid = Number(await told('pid'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('a claude that is not there does not say', async () => {
  const port = { command: resolve('nowhere'), env: {}, keepAliveSeconds: 1, depth: 0 };
  const subject = { options: withDefaults({}, {}), agent_type: null, cwd: '/' };
  expect(await createModelQuestions(port)(subject)()).toBeUndefined();
});
