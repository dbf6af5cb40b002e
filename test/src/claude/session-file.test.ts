import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSession, isExtended } from '../../../src/claude/session-file.ts';
import { temporaryFolder } from '../fixtures.ts';

const line = (uuid: string, more: object = {}) =>
  JSON.stringify({ type: 'assistant', uuid, message: { content: 'Hm.' }, ...more });

/** Returns whether a session of these lines is extended, for a worker that wrote the message `ours`. */
async function isExtendedBy(...lines: string[]): Promise<boolean> {
  const folder = await temporaryFolder();
  const [session, stdout] = [join(folder, 'session.jsonl'), join(folder, 'stdout.ndjson')];
  await writeFile(session, lines.map((text) => `${text}\n`).join(''));
  await writeFile(stdout, `${line('ours')}\n`);
  return isExtended(session, stdout);
}

describe('a session', () => {
  const ours = line('ours');

  it('is extended by a message of somebody else', async () => {
    expect(await isExtendedBy(ours, line('theirs'))).toBe(true);
    expect(await isExtendedBy(ours, line('theirs', { type: 'user' }))).toBe(true);
    expect(await isExtendedBy(ours)).toBe(false);
  });

  it.each([
    ['a line that is no message', JSON.stringify({ type: 'last-prompt', leafUuid: 'x' })],
    ['a message of a subagent', line('theirs', { isSidechain: true })],
    ['a message of claude itself', line('theirs', { type: 'user', isMeta: true })],
    ['a summary', line('theirs', { type: 'user', isCompactSummary: true })],
    [
      'the output of a command',
      line('theirs', { type: 'user', message: { content: '<local-command-stdout>Hm.' } }),
    ],
    ['a line that is not whole', line('theirs').slice(0, -9)],
  ])('is not extended by %s', async (_, text) => {
    expect(await isExtendedBy(ours, text)).toBe(false);
  });

  it('is read to its last message, which can stand far from the end', async () => {
    const long = JSON.stringify({ type: 'attachment', text: 'x'.repeat(3_000_000) });
    expect(await isExtendedBy(ours, line('theirs'), long)).toBe(true);
    expect(await isExtendedBy(ours, long)).toBe(false);
  });

  it('without a file or without a message is not extended', async () => {
    expect(await isExtendedBy()).toBe(false);
    expect(await isExtended('/nowhere/session.jsonl', '/nowhere/stdout')).toBe(false);
  });
});

describe('the file of a session', () => {
  it('is found in every folder of projects, the newest first', async () => {
    const folder = await temporaryFolder();
    const env = { CLAUDE_CONFIG_DIR: folder };
    expect(await findSession(env, 's1')).toBeUndefined();
    const paths = ['a', 'b'].map((name) => join(folder, 'projects', name, 's1.jsonl'));
    for (const path of paths) await mkdir(join(path, '..'), { recursive: true });
    expect(await findSession(env, 's1')).toBeNull();
    for (const path of paths) await writeFile(path, '');
    await utimes(paths[0] ?? '', 1, 1);
    expect(await findSession(env, 's1')).toBe(paths[1]);
    expect(await findSession({ HOME: join(folder, 'no-home') }, 's1')).toBeUndefined();
  });
});
