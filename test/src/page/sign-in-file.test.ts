import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openerFor } from '../../../src/page/browser.ts';
import { createSecrets, signInMs } from '../../../src/page/secrets.ts';
import { createSignInFile } from '../../../src/page/sign-in-file.ts';
import { patienceMs } from '../../patience.ts';
import { temporaryFolder } from '../fixtures.ts';

const url = 'http://127.0.0.1:9/launch?t=token';

async function offered(env: NodeJS.ProcessEnv = {}) {
  const said: string[] = [];
  const file = await createSignInFile(url, { env, log: (message) => said.push(message) });
  onTestFinished(() => file.remove());
  return { file, said };
}

describe('a sign-in file', () => {
  it('leads to the page, and no other user can read it', async () => {
    const { file } = await offered();
    expect(await readFile(file.path, 'utf8')).toContain(`content="0;url=${url}"`);
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file.path))).mode & 0o777).toBe(0o700);
    expect(dirname(dirname(file.path))).toBe(tmpdir());
  });

  it('is named without the token', async () => {
    const { file, said } = await offered();
    expect(said).toEqual([`The page: open ${file.path} in a browser (once, within 5 minutes).`]);
  });

  it('is removed with its folder after its use', async () => {
    const { file } = await offered();
    await file.remove();
    await file.remove();
    expect(await readdir(tmpdir())).not.toContain(basename(dirname(file.path)));
  });

  it('is removed when its token expires', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { file } = await offered();
    vi.advanceTimersByTime(signInMs);
    vi.useRealTimers();
    await vi.waitFor(
      async () => expect(await readdir(tmpdir())).not.toContain(basename(dirname(file.path))),
      patienceMs,
    );
  });

  it('is opened in the browser by its path, so that no argument contains the token', async () => {
    const bin = await temporaryFolder();
    for (const opener of ['xdg-open', 'open']) {
      const script = `#!/bin/sh\necho "$@" > ${bin}/arguments\n`;
      await writeFile(join(bin, opener), script, { mode: 0o700 });
    }
    const { file } = await offered({ PATH: `${bin}:${process.env.PATH}`, DISPLAY: ':9' });
    await vi.waitFor(
      async () => expect(await readFile(join(bin, 'arguments'), 'utf8')).toBe(`${file.path}\n`),
      patienceMs,
    );
  });

  it('remains when the browser cannot be opened', async () => {
    const bin = await temporaryFolder();
    await mkdir(join(bin, 'empty'));
    const { file } = await offered({ PATH: join(bin, 'empty'), DISPLAY: ':9' });
    expect(await readFile(file.path, 'utf8')).toContain(url);
  });
});

describe('a file is opened', () => {
  it.each([
    ['linux', { DISPLAY: ':0' }, 'xdg-open'],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
    ['linux', {}, undefined],
    ['linux', { DISPLAY: 'localhost:10.0', SSH_CONNECTION: '1 2 3 4' }, undefined],
    ['darwin', {}, 'open'],
    ['darwin', { SSH_CONNECTION: '1 2 3 4' }, undefined],
  ] as const)('on %s with %j by %s', (platform, env, opener) => {
    expect(openerFor(platform, env)).toBe(opener);
  });
});

describe('a sign-in token', () => {
  it('is invalid after its lifetime', () => {
    let now = 0;
    const secrets = createSecrets(() => now);
    const token = secrets.issue();
    now = signInMs + 1;
    expect(secrets.redeem(token)).toBe(false);
    const next = secrets.issue();
    now += signInMs;
    expect(secrets.redeem(next)).toBe(true);
  });

  it('cannot be guessed, nor can the path of the page and the key', () => {
    const secrets = [createSecrets(Date.now), createSecrets(Date.now)];
    const all = secrets.flatMap(({ base, key, issue }) => [
      ...[base.slice(1, -1), key],
      ...[issue(), issue()],
    ]);
    expect(new Set(all).size).toBe(8);
    for (const secret of all) expect(secret).toMatch(/^[\w-]{43}$/);
  });
});
