import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { oldestClaude } from '../../src/claude/version.ts';
import { claude, type Stage, scripted, setStage } from './harness.ts';
import { run, settle } from './support-worker.ts';

/** Writes a `claude` that says another version of itself. */
async function calling(stage: Stage, version: string): Promise<string> {
  const path = join(stage.home, 'claude');
  const answer = `[ "$1" = --version ] && exec echo '${version} (Claude Code)'`;
  await writeFile(path, `#!/bin/sh\n${answer}\nexec '${claude}' "$@"\n`, { mode: 0o755 });
  return path;
}

const prompt = scripted({ text: 'Yes.' });

it('a claude that is too old is refused with the version that is needed, before any request', async () => {
  const stage = await setStage();
  // `npm run compat` gives a real one.
  const old = process.env.AWM_TEST_OLD_CLAUDE ?? (await calling(stage, '2.1.100'));
  const session = await stage.connect({ env: { AWM_CLAUDE: old, AWM_STANDBY: '1' } });
  const { row, history } = await run(stage, session, prompt);
  expect(row).toMatchObject({ reason: 'spawn_error' });
  expect(row.error_hint).toMatch(/^claude \d+\.\d+\.\d+ is too old: workers need /);
  expect(row.error_hint).toContain(`${oldestClaude} or later`);
  expect(history.status).toBe('failed');
  expect(stage.api.requests).toEqual([]);
});

it('a worker of a claude that was too old continues once claude is updated', async () => {
  const stage = await setStage();
  const path = await calling(stage, '2.1.100');
  const session = await stage.connect({ env: { AWM_CLAUDE: path } });
  const { id, row } = await run(stage, session, prompt);
  expect(row).toMatchObject({ reason: 'spawn_error' });
  await rm(path);
  await symlink(claude, path);
  await session.call('resume_worker', { worker_id: id, prompt });
  expect((await settle(stage, session, id)).history).toMatchObject({ status: 'completed' });
});

it.each([oldestClaude, '99.0.0', 'some other program'])(
  'a claude that calls itself %s is taken',
  async (version) => {
    const stage = await setStage();
    const session = await stage.connect({ env: { AWM_CLAUDE: await calling(stage, version) } });
    const { history } = await run(stage, session, prompt);
    expect(history).toMatchObject({ status: 'completed', result: 'Yes.' });
  },
);
