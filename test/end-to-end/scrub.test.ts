import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { it as always, expect } from 'vitest';
import { processesOf } from '../../src/processes/reap.ts';
import { bash, type Stage, scripted, setStage, toolResultsOf, untilWritten } from './harness.ts';
import { variablesIn } from './support-hostile.ts';
import { run, settle } from './support-worker.ts';

/** Runs a command in a namespace; where bubblewrap is missing, Debian's is installed first. */
const script =
  'command -v bwrap || (apt-get update && apt-get install -y bubblewrap); bwrap --ro-bind / / true';

const why = await promisify(execFile)('sh', ['-c', script], {
  env: { PATH: process.env.PATH, DEBIAN_FRONTEND: 'noninteractive' },
}).then(
  () => undefined,
  (error: unknown) => `No bubblewrap here, so hidden keys are not tested: ${String(error)}`,
);
if (why) process.stderr.write(`${why}\n`);
const it = always.skipIf(why !== undefined);

always('bubblewrap is there where every line has to be tested', () => {
  if (process.env.CI) expect(why).toBeUndefined();
});

// `claude` makes sockets in this folder, whose paths have at most 107 bytes.
const env = { CLAUDE_CODE_SUBPROCESS_ENV_SCRUB: '1', TMPDIR: tmpdir() };

it.each(['0', '1'])(
  'the commands of a worker see no key when the user wants that, with %s standby processes',
  async (standby) => {
    const stage = await setStage();
    const session = await stage.connect({ env: { ...env, AWM_STANDBY: standby } });
    for (let turn = 1; turn <= 2; turn += 1) {
      const id = await session.spawn(scripted(bash('env; touch made'), { text: 'Done.' }));
      const { pending_permissions } = await session.call('wait', { worker_ids: [id] });
      const [{ request_id }] = pending_permissions;
      await session.call('approve_permission', { request_id, allow: true });
      const { history, requests } = await settle(stage, session, id);
      expect(history).toMatchObject({ status: 'completed', result: 'Done.' });
      const seen = variablesIn(toolResultsOf(requests.at(-1))[0]?.content ?? '');
      expect(seen).toMatchObject({ AWM_WORKER: id });
      expect(stage.api.environment()).toHaveProperty('ANTHROPIC_API_KEY');
      expect(seen).not.toHaveProperty('ANTHROPIC_API_KEY');
    }
    expect(await readdir(stage.project)).toContain('made');
  },
);

it('stop_worker ends a command that sees no key', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env });
  const command = { command: 'touch begun; sleep 600', run_in_background: true };
  const prompt = scripted({ tools: [{ name: 'Bash', input: command }] }, { text: 'Begun.' });
  const { id } = await run(stage, session, prompt, { allowed_tools: ['Bash'] });
  await untilWritten(join(stage.project, 'begun'), /^/);
  const answer = await session.call('stop_worker', { worker_ids: [id] });
  expect(answer.also_ended).toContainEqual(expect.objectContaining({ worker_id: id }));
  expect(await processesOf(id)).toEqual([]);
});

/** Makes a PATH with all programs of this machine but bubblewrap. */
async function pathWithoutBubblewrap({ outside, environment }: Stage): Promise<string> {
  const folder = join(outside, 'programs');
  await mkdir(folder);
  for (const place of (environment.PATH ?? '').split(':').reverse()) {
    for (const name of await readdir(place).catch(() => [])) {
      if (name !== 'bwrap') await symlink(join(place, name), join(folder, name)).catch(() => {});
    }
  }
  return folder;
}

it('a worker fails in the words of claude where its commands would see the keys', async () => {
  const stage = await setStage();
  const PATH = await pathWithoutBubblewrap(stage);
  const session = await stage.connect({ env: { ...env, PATH } });
  const { row } = await run(stage, session, scripted({ text: 'Done.' }));
  expect(row).toMatchObject({ reason: 'spawn_error' });
  expect(row.error_hint).toContain('bubblewrap');
});
