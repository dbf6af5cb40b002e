import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeLogsFolder, makeStateFolder } from '../../../src/files/project-folders.ts';
import { temporaryFolder } from '../fixtures.ts';

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    encoding: 'utf8',
    stdio: 'pipe',
  });

/** Makes a repository with a folder `logs` that has a file of the user. */
async function repository(logs = 'logs'): Promise<{ project: string; logs: string }> {
  const project = await temporaryFolder();
  git(project, 'init', '-q');
  await mkdir(join(project, logs), { recursive: true });
  await writeFile(join(project, logs, 'kept.log'), 'mine\n');
  git(project, 'add', '-A');
  git(project, 'commit', '-qm', 'begin');
  return { project, logs: join(project, logs) };
}

/** Writes what servers write into the logs folder: history files, a draft, and the folders of version 0.1. */
async function leaveHistory(logs: string): Promise<void> {
  const id = randomUUID();
  await writeFile(join(logs, `worker-${id}.json`), '{}');
  await writeFile(join(logs, `worker-${id}.json.edited-0a1b2c3d`), '{}');
  await mkdir(join(logs, `worker-${id}`));
  await writeFile(join(logs, `worker-${id}`, 'journal.ndjson'), '{}');
  await writeFile(join(logs, '.12-ab.tmp'), '{');
}

const untracked = (folder: string): string => git(folder, 'status', '--porcelain', '-uall');

describe('the logs folder', () => {
  it('has a .gitignore when it is new', async () => {
    const logs = join(await temporaryFolder(), 'logs');
    await makeLogsFolder(logs);
    expect(await readFile(join(logs, '.gitignore'), 'utf8')).toBe('*\n');
    expect(await modeOf(logs)).toBe(0o700);
    expect(await modeOf(join(logs, '.gitignore'))).toBe(0o600);
  });

  it('is not changed when it already exists', async () => {
    const logs = join(await temporaryFolder(), 'logs');
    await mkdir(logs, { mode: 0o755 });
    await makeLogsFolder(logs);
    expect(await readdir(logs)).toEqual([]);
    expect(await modeOf(logs)).toBe(0o755);
  });

  it('is created once by several calls at the same time', async () => {
    const folder = await temporaryFolder();
    for (let round = 0; round < 30; round += 1) {
      const logs = join(folder, String(round), 'deep', 'logs');
      await Promise.all(Array.from({ length: 8 }, () => makeLogsFolder(logs)));
      expect(await readdir(logs)).toEqual(['.gitignore']);
    }
  });

  it('is refused when it cannot be written', async () => {
    const logs = join(await temporaryFolder(), 'logs');
    await mkdir(logs);
    await chmod(logs, 0o500);
    // The superuser may write everywhere.
    if (process.getuid?.() === 0) return;
    await expect(makeLogsFolder(logs)).rejects.toThrow('EACCES');
  });
});

describe('git does not see the history files', () => {
  it.each(['logs', 'deep/er/logs', 'a [b] *c?', 'größer'])(
    'in a folder of the user: %s',
    async (name) => {
      const { project, logs } = await repository(name);
      await makeLogsFolder(logs);
      await leaveHistory(logs);
      expect(untracked(project)).toBe('');
      await writeFile(join(logs, 'worker-mine.json'), '{}');
      expect(untracked(project)).toContain('worker-mine.json');
    },
  );

  it('in the top folder of the repository', async () => {
    const { project } = await repository();
    await makeLogsFolder(project);
    await leaveHistory(project);
    expect(untracked(project)).toBe('');
  });

  it('in a linked work tree and in a submodule', async () => {
    const { project } = await repository();
    const other = join(await temporaryFolder(), 'linked');
    git(project, 'worktree', 'add', '-q', other);
    const outer = await repository();
    git(outer.project, '-c', 'protocol.file.allow=always', 'submodule', 'add', project, 'sub');
    git(outer.project, 'commit', '-qm', 'sub');
    for (const tree of [other, join(outer.project, 'sub')]) {
      await makeLogsFolder(join(tree, 'logs'));
      await leaveHistory(join(tree, 'logs'));
      expect(untracked(tree)).toBe('');
    }
    expect(untracked(outer.project)).toBe('');
  });

  it('through a link to a folder of the repository', async () => {
    const { project, logs } = await repository('real');
    await symlink(logs, join(project, 'logs'));
    await makeLogsFolder(join(project, 'logs'));
    await leaveHistory(logs);
    expect(untracked(project)).toBe('?? logs\n');
  });

  it('beside the patterns of the user, which stay, and each pattern stands once', async () => {
    const { project, logs } = await repository();
    const file = join(project, '.git', 'info', 'exclude');
    await writeFile(file, '*.mine');
    for (let times = 0; times < 3; times += 1) await makeLogsFolder(logs);
    const uuid = '????????-????-????-????-????????????';
    expect(await readFile(file, 'utf8')).toBe(
      `*.mine\n/logs/worker-${uuid}.json*\n/logs/worker-${uuid}/\n/logs/.*-*.tmp\n`,
    );
    expect(git(project, 'status', '--porcelain')).toBe('');
  });

  it.each([
    ['takes files back', '*.log\n!logs/**\n'],
    ['names what is tracked', '*\n!*/\n!*.json\n!kept.log\n!.gitignore\n'],
  ])('when a .gitignore of the project %s', async (_, text) => {
    const { project, logs } = await repository();
    await writeFile(join(project, '.gitignore'), text);
    git(project, 'add', '-A');
    await makeLogsFolder(logs);
    await leaveHistory(logs);
    expect(git(project, 'status', '--porcelain', '-uall', 'logs')).toBe('');
  });

  it('when info/exclude cannot be written', async () => {
    const { project, logs } = await repository();
    await rm(join(project, '.git/info'), { recursive: true });
    await writeFile(join(project, '.git/info'), '');
    await makeLogsFolder(logs);
    await leaveHistory(logs);
    expect(untracked(project)).toBe('');
  });

  it('and npm does not pack them', async () => {
    const { project, logs } = await repository();
    await writeFile(join(project, 'package.json'), '{"name":"a","version":"1.0.0"}');
    await makeLogsFolder(logs);
    await leaveHistory(logs);
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json'], {
      cwd: project,
      env: { PATH: process.env.PATH, HOME: await temporaryFolder() },
      encoding: 'utf8',
    });
    const [{ files }] = JSON.parse(packed);
    expect(files.map(({ path }: { path: string }) => path)).toEqual([
      ...['logs/kept.log', 'package.json'],
    ]);
  });

  it('outside a repository nothing is written', async () => {
    const logs = await temporaryFolder();
    await makeLogsFolder(logs);
    expect(await readdir(logs)).toEqual([]);
  });
});

describe('the state folder', () => {
  it('is private and names the logs folder that it belongs to', async () => {
    const root = await temporaryFolder();
    const folders = { logsDir: join(root, 'project/logs'), stateDir: join(root, 'a/b/state') };
    await mkdir(folders.logsDir, { recursive: true });
    await makeStateFolder(folders);
    await makeStateFolder(folders);
    expect(await modeOf(folders.stateDir)).toBe(0o700);
    expect(await readdir(folders.stateDir)).toEqual(['logs-folder']);
    expect(await readFile(join(folders.stateDir, 'logs-folder'), 'utf8')).toBe(folders.logsDir);
  });

  it('is refused when another logs folder has taken it since the start of the server', async () => {
    const root = await temporaryFolder();
    const stateDir = join(root, 'state');
    for (const name of ['one', 'other']) await mkdir(join(root, name));
    await makeStateFolder({ logsDir: join(root, 'one'), stateDir });
    await expect(makeStateFolder({ logsDir: join(root, 'other'), stateDir })).rejects.toThrow(
      `since the start of this server it belongs to ${join(root, 'one')}; start the server again`,
    );
  });
});
