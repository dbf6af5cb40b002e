import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { it as always, expect } from 'vitest';
import { bash, type Stage, scripted, setStage, toolResultsOf } from './harness.ts';
import { hostile, variablesIn } from './support-hostile.ts';
import { bodyOf, settle } from './support-worker.ts';

/** Runs a command with mounts of its own. */
const unshare = ['unshare', ...(process.getuid?.() === 0 ? [] : ['-Ur']), '-m', '--'];

const why = await promisify(execFile)(unshare[0] ?? '', [...unshare.slice(1), 'true']).then(
  () => undefined,
  (error: unknown) =>
    `No mount namespaces here, so managed settings are not tested: ${String(error)}`,
);
if (why) process.stderr.write(`${why}\n`);
const it = always.skipIf(why !== undefined);

always('mount namespaces can be made where every line has to be tested', () => {
  if (process.env.CI) expect(why).toBeUndefined();
});

/** Returns what starts a server that sees these managed settings; nobody else sees them. */
async function throughManaged({ outside }: Stage, settings: object): Promise<string[]> {
  const [real, etc] = [join(outside, 'real'), join(outside, 'etc')];
  await mkdir(real);
  await mkdir(join(etc, 'claude-code'), { recursive: true });
  const names = (await readdir('/etc')).filter((name) => name !== 'claude-code');
  for (const name of names) await symlink(join(real, name), join(etc, name));
  await writeFile(join(etc, 'claude-code', 'managed-settings.json'), JSON.stringify(settings));
  const script = 'mount --bind /etc "$1" && mount --bind "$2" /etc && shift 2 && exec "$@"';
  return [...unshare, 'sh', '-c', script, 'sh', real, etc];
}

const options = {
  ...{ model: 'claude-sonnet-4-6', max_tokens: 1000, effort: 'low', temperature: 0.2 },
  allowed_tools: ['Bash'],
};

/** Spawns a worker of a server that sees managed settings. */
async function spawnUnder(settings: object) {
  const stage = await setStage();
  const session = await stage.connect({ through: await throughManaged(stage, settings) });
  const prompt = scripted(bash('env'), { text: 'Done.' });
  const call = { description: 'Managed', prompt, options };
  const { worker_id, note } = await session.call('spawn_worker', call);
  return { stage, session, id: worker_id, note };
}

it('variables of managed settings win over the options, and the spawn names them', async () => {
  const { CLAUDE_CODE_MAX_OUTPUT_TOKENS, CLAUDE_CODE_EXTRA_BODY, CLAUDE_CODE_EFFORT_LEVEL } =
    hostile;
  const env = { CLAUDE_CODE_MAX_OUTPUT_TOKENS, CLAUDE_CODE_EXTRA_BODY, CLAUDE_CODE_EFFORT_LEVEL };
  const { stage, session, id, note } = await spawnUnder({ env });
  for (const name of Object.keys(env)) expect(note).toContain(name);
  for (const name of ['max_tokens', 'temperature', 'effort']) expect(note).toContain(name);
  const worker = await settle(stage, session, id);
  expect(bodyOf(worker)).toMatchObject({
    ...{ max_tokens: 31_000, temperature: 0.9, output_config: { effort: 'max' } },
  });
  const results = toolResultsOf(worker.requests.at(-1));
  expect(variablesIn(results[0]?.content ?? '')).toMatchObject(env);
});

it('models of managed settings win over the option, and the spawn names them', async () => {
  const { stage, session, id, note } = await spawnUnder({ availableModels: ['claude-haiku-4-5'] });
  expect(note).toContain('availableModels');
  const worker = await settle(stage, session, id);
  expect(bodyOf(worker).model).not.toBe(options.model);
});

it.each([{ permissions: { ask: ['Bash'] } }, { allowManagedPermissionRulesOnly: true }])(
  'a tool that an option allows is asked for with %j, and the spawn names it',
  async (settings) => {
    const { session, note } = await spawnUnder(settings);
    expect(note).toContain('allowed_tools');
    const { pending_permissions } = await session.call('wait');
    expect(pending_permissions).toMatchObject([{ tool: 'Bash', input: { command: 'env' } }]);
  },
);

it('other managed settings change no option, and the spawn says nothing', async () => {
  const { stage, session, id, note } = await spawnUnder({
    ...{ model: 'claude-haiku-4-5', effortLevel: 'max', alwaysThinkingEnabled: true },
    permissions: { defaultMode: 'plan' },
  });
  expect(note).toBeUndefined();
  expect(bodyOf(await settle(stage, session, id))).toMatchObject({
    ...{ model: options.model, max_tokens: 1000, temperature: 0.2 },
    ...{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } },
  });
});
