import { mkdir, readdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { stateDirOf } from '../../../src/config/state-dir.ts';
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
