import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type PracticeInput, type PracticeIo, runPractice } from '../../src/practice/command.ts';
import { startPracticeApi } from '../../src/practice/server.ts';

/** Collects the output, and waits for a text in it. */
class Output {
  text = '';
  #changed = () => {};

  write(text: string): void {
    this.text += text;
    this.#changed();
  }

  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.text)?.[0];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

function run(input: Partial<PracticeInput> = {}) {
  const stdout = new Output();
  const stderr = new Output();
  const stop = new AbortController();
  const io: PracticeIo = { stdout, stderr, signal: stop.signal };
  return { stdout, stderr, stop: () => stop.abort(), code: runPractice({ port: 0, ...input }, io) };
}

describe('the practice command', () => {
  it('prints the environment and logs each request until its signal', async () => {
    const practice = run();
    const guide = await practice.stdout.until(/.+Ctrl-C.+/s);
    const url = /^export ANTHROPIC_BASE_URL=(\S+)$/m.exec(guide)?.[1] ?? '';
    const messages = [{ role: 'user', content: 'hello' }];
    const body = JSON.stringify({ model: 'm', messages });
    const response = await fetch(`${url}/v1/messages`, { method: 'POST', body });

    expect(await response.json()).toMatchObject({ content: [{ text: /hello/ }] });
    expect(await practice.stderr.until(/.*\n/)).toMatch(
      /^\d\d:\d\d:\d\d POST \/v1\/messages 200 step 0 "hello"\n$/,
    );
    practice.stop();
    expect(await practice.code).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('prints an example that works when pasted', { timeout: 120_000 }, async () => {
    const practice = run();
    const guide = await practice.stdout.until(/.+Ctrl-C.+/s);
    const example = /^# +(claude .*)$/m.exec(guide)?.[1] ?? '';
    const home = await mkdtemp(join(tmpdir(), 'practice-'));
    const bin = join(import.meta.dirname, '../../node_modules/.bin');
    const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: home };
    const shell = promisify(execFile)('sh', ['-c', `${guide}${example}`], { cwd: home, env });
    shell.child.stdin?.end();

    expect((await shell).stdout).toBe('I looked at the clock.\n');
    expect(practice.stderr.text.match(/200 step/g)).toHaveLength(2);
    practice.stop();
    await practice.code;
    await rm(home, { recursive: true });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with code 0 after %s', async (signal) => {
    const main = join(import.meta.dirname, '../../dist/main.mjs');
    const child = spawn(process.execPath, [main, 'practice'], { env: {} });
    onTestFinished(() => void child.kill('SIGKILL'));
    const closed = once(child, 'close');
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await closed).toEqual([0, null]);
  });

  it('answers by the rules of a file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'practice-'));
    const path = join(directory, 'rules.json');
    await writeFile(path, JSON.stringify([{ match: '/HELLO/i', steps: [{ text: 'by rule' }] }]));
    const practice = run({ script: path });
    const url = (await practice.stdout.until(/http\S+/)).trim();
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] });
    const response = await fetch(`${url}/v1/messages`, { method: 'POST', body });

    expect(await response.json()).toMatchObject({ content: [{ text: 'by rule' }] });
    practice.stop();
    await practice.code;
    await rm(directory, { recursive: true });
  });

  it('fails with code 1 if the port is taken or the file is missing', async () => {
    const api = await startPracticeApi();
    const taken = run({ port: api.port });
    const missing = run({ script: 'no-such-file.json' });

    expect([await taken.code, await missing.code]).toEqual([1, 1]);
    expect(taken.stderr.text).toContain('EADDRINUSE');
    expect(missing.stderr.text).toMatch(/^no-such-file\.json: ENOENT/);
    await api.close();
  });
});
