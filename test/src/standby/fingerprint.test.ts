import { execFile } from 'node:child_process';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startState } from '../../../src/standby/fingerprint.ts';
import { temporaryFolder } from '../fixtures.ts';

const run = promisify(execFile);

/** A project in a repository, in a folder of its user's. */
async function createPlace() {
  const home = await temporaryFolder();
  const [top, cwd] = [join(home, 'work'), join(home, 'work', 'shop')];
  const write = async (path: string, text = 'text\n') => {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  };
  await write('work/shop/index.js');
  await write('bin/claude');
  const git = (...args: string[]) => run('git', ['-C', cwd, ...args], { env: gitEnv(home) });
  await git('init', '-q');
  await git('add', 'index.js');
  await git('commit', '-qm', 'First');
  const env = { HOME: home, PATH: `${join(home, 'bin')}:${process.env.PATH}` };
  const state = () => startState({ command: 'claude', cwd, env });
  return { home, top, cwd, write, git, state };
}

const gitEnv = (home: string) => ({
  ...{ HOME: home, PATH: process.env.PATH, GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b.c' },
  ...{ GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b.c' },
});

describe('a start finds something else after', () => {
  it.each([
    ['the instructions of the project', 'work/shop/CLAUDE.md'],
    ['instructions that are kept out of version control', 'work/shop/CLAUDE.local.md'],
    ['instructions in its hidden folder', 'work/shop/.claude/CLAUDE.md'],
    ['instructions for all agents', 'work/shop/AGENTS.md'],
    ['instructions of a folder above', 'work/CLAUDE.md'],
    ['the instructions of the user', '.claude/CLAUDE.md'],
    ['a rule of the project', 'work/shop/.claude/rules/style.md'],
    ['an agent of the project', 'work/shop/.claude/agents/critic.md'],
    ['an agent of the user', '.claude/agents/critic.md'],
    ['a skill', 'work/shop/.claude/skills/cook/SKILL.md'],
    ['a command of the user', '.claude/commands/cook.md'],
    ['settings of the project', 'work/shop/.claude/settings.json'],
    ['settings of the project that are nobody else’s', 'work/shop/.claude/settings.local.json'],
    ['settings of the user', '.claude/settings.json'],
    ['the credentials', '.claude/.credentials.json'],
    ['the plugins', '.claude/plugins/installed_plugins.json'],
    ['the program', 'bin/claude'],
    ['what a shell reads', '.bashrc'],
  ])('%s was written', async (_, path) => {
    const { state, write } = await createPlace();
    const before = await state();
    await write(path, 'other text\n');
    const after = await state();
    expect(after).not.toBe(before);
    await write(path, 'a third text\n');
    expect(await state()).not.toBe(after);
  });

  it('a file was written that instructions take in, also by way of another', async () => {
    const { state, write, home } = await createPlace();
    await write('work/shop/CLAUDE.md', 'See @docs/rules.md, write to me@example.org.\n');
    await write('work/shop/docs/rules.md', 'And @~/mine.md\n');
    const before = await state();
    await write('mine.md', 'Be brief.\n');
    const after = await state();
    expect(after).not.toBe(before);
    await appendFile(join(home, 'work/shop/docs/rules.md'), 'More.\n');
    expect(await state()).not.toBe(after);
  });

  it.each([
    ['a new file', 'work/shop/new.js'],
    ['a tracked file', 'work/shop/index.js'],
  ])('%s was written in the work tree', async (_, path) => {
    const { state, write } = await createPlace();
    const before = await state();
    await write(path, 'other text\n');
    expect(await state()).not.toBe(before);
  });

  it('a file was removed', async () => {
    const { state, write, home } = await createPlace();
    await write('.claude/CLAUDE.md');
    const before = await state();
    await rm(join(home, '.claude', 'CLAUDE.md'));
    expect(await state()).not.toBe(before);
  });

  it('a commit, and another branch', async () => {
    const { state, git } = await createPlace();
    const before = await state();
    await git('commit', '-q', '--allow-empty', '-m', 'Second');
    const after = await state();
    expect(after).not.toBe(before);
    await git('checkout', '-qb', 'other');
    expect(await state()).not.toBe(after);
  });

  it('the user logged in as somebody else, or trusted the folder', async () => {
    const { state, write, cwd } = await createPlace();
    await write('.claude.json', JSON.stringify({ oauthAccount: { id: 1 } }));
    const before = await state();
    await write('.claude.json', JSON.stringify({ oauthAccount: { id: 2 } }));
    const after = await state();
    expect(after).not.toBe(before);
    const projects = { [cwd]: { hasTrustDialogAccepted: true } };
    await write('.claude.json', JSON.stringify({ oauthAccount: { id: 2 }, projects }));
    expect(await state()).not.toBe(after);
  });
});

describe('a start finds the same', () => {
  it('when nothing was changed', async () => {
    const { state } = await createPlace();
    expect(await state()).toMatch(/^[0-9a-f]{64}$/);
    expect(await state()).toBe(await state());
  });

  it.each([
    ['a counter of claude’s own', '.claude.json', '{"numStartups":7}'],
    ['a session', '.claude/projects/-a/b.jsonl', '{}'],
    ['a worktree of another agent', 'work/shop/.claude/worktrees/a/CLAUDE.md', 'Be long.'],
    ['a file of another project', 'work/other/CLAUDE.md', 'Be long.'],
  ])('after %s was written', async (_, path, text) => {
    const { state, write, git } = await createPlace();
    await write('work/shop/.gitignore', '.claude/worktrees\n');
    await git('add', '.gitignore');
    await mkdirOf(write, path);
    const before = await state();
    await write(path, text);
    expect(await state()).toBe(before);
  });
});

/** The folder itself is there before. */
const mkdirOf = (write: (path: string) => Promise<void>, path: string) =>
  path.includes('/') ? write(join(dirname(path), 'before')) : Promise.resolve();

it('a start cannot be told where there are too many files to look at', async () => {
  const { state, home } = await createPlace();
  const folder = join(home, 'work/shop/.claude/skills');
  await mkdir(folder, { recursive: true });
  for (let at = 0; at < 4_100; at += 100) {
    const names = Array.from({ length: 100 }, (_, index) => join(folder, `${at + index}.md`));
    await Promise.all(names.map((name) => writeFile(name, '')));
  }
  expect(await state()).toBeUndefined();
});
