import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { type Answer, claude, conversationOf, type Stage, scripted, setStage } from './harness.ts';
import { keepsItsSession } from './hostile-home.ts';
import { makeRepository } from './support-git.ts';
import { run, settle } from './support-worker.ts';

const say = (text: string): string => scripted({ text });

/** Starts `claude` in the session of a worker, as a user does in a terminal. */
function continueByHand(stage: Stage, session_id: string, prompt: string): ChildProcess {
  const env = { PATH: process.env.PATH ?? '', HOME: stage.home, ...stage.api.environment() };
  return spawn(claude, ['-p', ...keepsItsSession, '--resume', session_id, prompt], {
    ...{ env, cwd: stage.project, stdio: 'ignore' as const },
  });
}

const startsOf = (records: Answer[]): number =>
  records.filter(({ event }) => event.type === 'PROCESS_STARTED').length;

it('a session that somebody else continued is known to the next turn, and nothing of it is lost later', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const { id, history } = await run(stage, session, say('first'));
  await once(continueByHand(stage, history.session_id, say('KIWI')), 'exit');
  await session.call('resume_worker', { worker_id: id, prompt: say('second') });
  await settle(stage, session, id);
  expect(conversationOf(stage.api.requests.at(-1)).join('\n')).toContain('assistant: KIWI');
  expect(startsOf(await stage.journal(id))).toBe(2);
  await session.call('resume_worker', { worker_id: id, prompt: say('third') });
  await settle(stage, session, id);
  const said = conversationOf(stage.api.requests.at(-1)).filter((text) => /^assistant/.test(text));
  expect(said).toEqual(['assistant: first', 'assistant: KIWI', 'assistant: second']);
  expect(startsOf(await stage.journal(id))).toBe(2);
});

it.each(['kept', 'ended'])(
  'a session that is open in another claude is refused while the process of the worker is %s',
  async (state) => {
    const stage = await setStage();
    const session = await stage.connect();
    const { id, history } = await run(stage, session, say('first'));
    if (state === 'ended') {
      process.kill(await stage.pid(id));
      await stage.journaled(id, 'EXITED');
    }
    const other = continueByHand(stage, history.session_id, scripted({ delay_ms: 60_000 }));
    const folder = join(stage.home, '.claude', 'sessions');
    await vi.waitFor(async () => expect(await readdir(folder)).toContain(`${other.pid}.json`), {
      ...{ timeout: 20_000, interval: 50 },
    });
    const call = { worker_id: id, prompt: say('second') };
    expect(await session.refusal('resume_worker', call)).toBe(
      `The session ${history.session_id} of this worker is open in another claude (process ${other.pid}), and two at once would split the conversation; end that one, then call resume_worker again.`,
    );
    // A claude that is killed leaves its entry behind.
    other.kill('SIGKILL');
    await once(other, 'exit');
    await session.call('resume_worker', call);
    expect((await settle(stage, session, id)).history.result).toBe('second');
  },
);

it('a lost session is tried again once its file is back', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
  const { id } = await run(stage, session, say('first'));
  await stage.journaled(id, 'EXITED');
  const projects = join(stage.home, '.claude', 'projects');
  const away = join(stage.home, 'away');
  const call = { worker_id: id, prompt: say('second') };
  const [name = ''] = await readdir(projects);
  await rename(join(projects, name), away);
  await session.call('resume_worker', call);
  expect((await settle(stage, session, id)).row.reason).toBe('session_lost');
  expect(await session.refusal('resume_worker', call)).toMatch(
    /^The session of worker .* is lost: its file is not in the folder of claude; put it back/,
  );
  await rename(away, join(projects, name));
  await session.call('resume_worker', call);
  expect((await settle(stage, session, id)).history.result).toBe('second');
  expect(conversationOf(stage.api.requests.at(-1))).toContain('assistant: first');
});

it('a follow-up whose worktree was removed says where it ran', async () => {
  const stage = await setStage();
  await makeRepository(stage);
  const session = await stage.connect();
  const enter = { tools: [{ name: 'EnterWorktree', input: { name: 'tree' } }] };
  const { id, row } = await run(stage, session, scripted(enter, { text: 'in' }));
  expect(row).not.toHaveProperty('warning');
  process.kill(await stage.pid(id));
  await stage.journaled(id, 'EXITED');
  const tree = join(stage.project, '.claude', 'worktrees', 'tree');
  await rm(tree, { recursive: true });
  await session.call('resume_worker', { worker_id: id, prompt: say('second') });
  const warning = `This turn ran in ${stage.project}, because the worktree ${tree} of the turns before is not there any more.`;
  expect((await settle(stage, session, id)).row.warning).toBe(warning);
});
