import { randomUUID } from 'node:crypto';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { stateDirOf } from '../../../src/config/state-dir.ts';
import { earlierWorkers } from '../../../src/files/earlier-workers.ts';
import { makeStateFolder } from '../../../src/files/project-folders.ts';
import { temporaryFolder } from '../fixtures.ts';

describe('the state folder is by default', () => {
  it('a folder of the project in $XDG_STATE_HOME, or in the home folder', () => {
    const within = (XDG_STATE_HOME?: string) =>
      stateDirOf('/projects/big app/logs', undefined, { XDG_STATE_HOME });
    expect(within('/state')).toMatch(/^\/state\/async-worker-manager\/big-app-[0-9a-f]{12}$/);
    const inHome = join(homedir(), '.local/state/async-worker-manager');
    for (const home of [undefined, '', 'relative/state']) {
      expect(dirname(within(home))).toBe(inHome);
    }
  });

  it.each(['', '.', 'home'])(
    'in the home folder that the system names when HOME is "%s"',
    (HOME) => {
      vi.stubEnv('HOME', HOME);
      onTestFinished(() => void vi.unstubAllEnvs());
      const home = join(userInfo().homedir, '.local/state/async-worker-manager');
      expect(dirname(stateDirOf('/projects/a/logs', undefined, {}))).toBe(home);
    },
  );

  it('short, another one for each logs folder, and the same through a link', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'real/logs'), { recursive: true });
    await symlink(join(root, 'real'), join(root, 'link'));
    const of = (...parts: string[]) =>
      stateDirOf(join(root, ...parts), undefined, { XDG_STATE_HOME: '/s' });
    expect(of('link/logs')).toBe(of('real/logs'));
    // A logs folder that does not exist yet is in the same real folder.
    expect(of('link/later/logs')).toBe(of('real/later/logs'));
    expect(of('real/logs2')).not.toBe(of('real/logs'));
    expect(of('x'.repeat(200), 'logs').length).toBeLessThan(70);
  });
});

describe('a worker of version 0.1 in the logs folder', () => {
  it('is believed where no other user, checkout or agent can have written its folder', async () => {
    const root = await temporaryFolder();
    const folders = { logsDir: join(root, 'logs'), stateDir: join(root, 'state') };
    const modes = { genuine: 0o700, folder: 0o755, journal: 0o700, moved: 0o700, empty: 0o700 };
    const ids = Object.fromEntries(Object.keys(modes).map((name) => [name, randomUUID()]));
    for (const [name, mode] of Object.entries(modes)) {
      const folder = join(folders.logsDir, `worker-${ids[name]}`);
      await mkdir(folder, { recursive: true, mode });
      if (name === 'empty') continue;
      const journal = join(folder, 'journal.ndjson');
      await writeFile(journal, '', { mode: name === 'journal' ? 0o644 : 0o600 });
    }
    await mkdir(join(folders.stateDir, `worker-${ids.moved}`), { recursive: true });
    expect(earlierWorkers(folders)).toEqual(new Set([ids.genuine]));
  });
});

describe('a state folder that a setting names', () => {
  it('is used as it is, and a second project gets a folder of its own in it', async () => {
    const root = await temporaryFolder();
    const [one, two] = [join(root, 'one/logs'), join(root, 'two/logs')];
    const given = join(root, 'state');
    for (const logs of [one, two]) await mkdir(logs, { recursive: true });
    expect(stateDirOf(one, given, {})).toBe(given);
    await makeStateFolder({ logsDir: one, stateDir: given });
    expect(stateDirOf(one, given, {})).toBe(given);
    const other = stateDirOf(two, given, {});
    expect(dirname(other)).toBe(given);
    await makeStateFolder({ logsDir: two, stateDir: other });
    expect(stateDirOf(two, given, {})).toBe(other);
    expect((await readdir(given)).length).toBe(2);
  });

  it('is relative to the project, by the flag before the variable', () => {
    const env = { CLAUDE_PROJECT_DIR: '/project', AWM_STATE_DIR: 'variable' };
    expect(readConfig({}, env).stateDir).toBe('/project/variable');
    expect(readConfig({ 'state-dir': '~/flag' }, env).stateDir).toBe(join(homedir(), 'flag'));
    expect(() => readConfig({ 'state-dir': '$HOME/flag' }, env)).toThrow(
      '--state-dir is "$HOME/flag": expected a path without variables',
    );
  });
});
