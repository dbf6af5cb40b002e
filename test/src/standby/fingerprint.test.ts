import { execFile } from 'node:child_process';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startFingerprint } from '../../../src/standby/fingerprint.ts';
import { temporaryFolder } from '../fixtures.ts';

const run = promisify(execFile);

/** Creates a repository with a project, in the home folder of its user. */
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
  const fingerprint = () => startFingerprint({ command: 'claude', cwd, env });
  return { home, top, cwd, write, git, fingerprint };
}

const gitEnv = (home: string) => ({
  ...{ HOME: home, PATH: process.env.PATH, GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b.c' },
  ...{ GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b.c' },
});

describe('a start has another fingerprint after a write of', () => {
  it.each([
    ['the instructions of the project', 'work/shop/CLAUDE.md'],
    ['instructions outside version control', 'work/shop/CLAUDE.local.md'],
    ['instructions in the hidden folder of the project', 'work/shop/.claude/CLAUDE.md'],
    ['instructions for all agents', 'work/shop/AGENTS.md'],
    ['instructions of a folder above', 'work/CLAUDE.md'],
    ['the instructions of the user', '.claude/CLAUDE.md'],
    ['a rule of the project', 'work/shop/.claude/rules/style.md'],
    ['an agent of the project', 'work/shop/.claude/agents/critic.md'],
    ['an agent of the user', '.claude/agents/critic.md'],
    ['a skill', 'work/shop/.claude/skills/cook/SKILL.md'],
    ['a command of the user', '.claude/commands/cook.md'],
    ['settings of the project', 'work/shop/.claude/settings.json'],
    ['local settings of the project', 'work/shop/.claude/settings.local.json'],
    ['settings of the user', '.claude/settings.json'],
    ['the credentials', '.claude/.credentials.json'],
    ['the plugins', '.claude/plugins/installed_plugins.json'],
    ['the program', 'bin/claude'],
    ['the start file of a shell', '.bashrc'],
  ])('%s', async (_, path) => {
    const { fingerprint, write } = await createPlace();
    const before = await fingerprint();
    await write(path, 'other text\n');
    const after = await fingerprint();
    expect(after).not.toBe(before);
    await write(path, 'a third text\n');
    expect(await fingerprint()).not.toBe(after);
  });

  it('a file that instructions import, directly or through another file', async () => {
    const { fingerprint, write, home } = await createPlace();
    await write('work/shop/CLAUDE.md', 'See @docs/rules.md, write to me@example.org.\n');
    await write('work/shop/docs/rules.md', 'And @~/mine.md\n');
    const before = await fingerprint();
    await write('mine.md', 'Be brief.\n');
    const after = await fingerprint();
    expect(after).not.toBe(before);
    await appendFile(join(home, 'work/shop/docs/rules.md'), 'More.\n');
    expect(await fingerprint()).not.toBe(after);
  });

  it.each([
    ['a new file in the work tree', 'work/shop/new.js'],
    ['a tracked file in the work tree', 'work/shop/index.js'],
  ])('%s', async (_, path) => {
    const { fingerprint, write } = await createPlace();
    const before = await fingerprint();
    await write(path, 'other text\n');
    expect(await fingerprint()).not.toBe(before);
  });

  it('the account, or the trust in the folder', async () => {
    const { fingerprint, write, cwd } = await createPlace();
    await write('.claude.json', JSON.stringify({ oauthAccount: { id: 1 } }));
    const before = await fingerprint();
    await write('.claude.json', JSON.stringify({ oauthAccount: { id: 2 } }));
    const after = await fingerprint();
    expect(after).not.toBe(before);
    const projects = { [cwd]: { hasTrustDialogAccepted: true } };
    await write('.claude.json', JSON.stringify({ oauthAccount: { id: 2 }, projects }));
    expect(await fingerprint()).not.toBe(after);
  });
});

describe('a start has another fingerprint after', () => {
  it('the removal of a file', async () => {
    const { fingerprint, write, home } = await createPlace();
    await write('.claude/CLAUDE.md');
    const before = await fingerprint();
    await rm(join(home, '.claude', 'CLAUDE.md'));
    expect(await fingerprint()).not.toBe(before);
  });

  it('a commit, and after a checkout of another branch', async () => {
    const { fingerprint, git } = await createPlace();
    const before = await fingerprint();
    await git('commit', '-q', '--allow-empty', '-m', 'Second');
    const after = await fingerprint();
    expect(after).not.toBe(before);
    await git('checkout', '-qb', 'other');
    expect(await fingerprint()).not.toBe(after);
  });
});

describe('a start has the same fingerprint', () => {
  it('when nothing has changed', async () => {
    const { fingerprint } = await createPlace();
    expect(await fingerprint()).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprint()).toBe(await fingerprint());
  });

  it.each([
    ['a counter of claude’s own', '.claude.json', '{"numStartups":7}'],
    ['a session', '.claude/projects/-a/b.jsonl', '{}'],
    ['a worktree of another agent', 'work/shop/.claude/worktrees/a/CLAUDE.md', 'Be long.'],
    ['a file of another project', 'work/other/CLAUDE.md', 'Be long.'],
  ])('after a write of %s', async (_, path, text) => {
    const { fingerprint, write, git } = await createPlace();
    await write('work/shop/.gitignore', '.claude/worktrees\n');
    await git('add', '.gitignore');
    await writeBeside(write, path);
    const before = await fingerprint();
    await write(path, text);
    expect(await fingerprint()).toBe(before);
  });
});

/** Writes another file into the folder of a path, so that the folder exists. */
const writeBeside = (write: (path: string) => Promise<void>, path: string) =>
  path.includes('/') ? write(join(dirname(path), 'before')) : Promise.resolve();

it('a start that reads too many files has no fingerprint', async () => {
  const { fingerprint, home } = await createPlace();
  const folder = join(home, 'work/shop/.claude/skills');
  await mkdir(folder, { recursive: true });
  for (let at = 0; at < 4_100; at += 100) {
    const names = Array.from({ length: 100 }, (_, index) => join(folder, `${at + index}.md`));
    await Promise.all(names.map((name) => writeFile(name, '')));
  }
  expect(await fingerprint()).toBeUndefined();
});
