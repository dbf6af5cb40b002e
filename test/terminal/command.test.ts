import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { TerminalCommand } from '../../src/cli/names.ts';
import { runTerminal } from '../../src/cli/terminal.ts';
import { workerPaths } from '../../src/files/paths.ts';
import { setStage } from '../src/stage.ts';

async function run(command: TerminalCommand, argv: string[], env: NodeJS.ProcessEnv = {}) {
  let [stdout, stderr] = ['', ''];
  const code = await runTerminal(command, argv, {
    stdout: {
      write(text) {
        stdout += text;
      },
    },
    stderr: {
      write(text) {
        stderr += text;
      },
    },
    ...{ env, now: () => 0 },
  });
  return { code, stdout, stderr };
}

describe('a wrong call', () => {
  it.each<[TerminalCommand, string[], string]>([
    ['show', [], "Expected a worker's id, or the beginning of one, found none; see --help."],
    [
      'tail',
      ['a', 'b'],
      'Expected a worker\'s id, or the beginning of one, found "a b"; see --help.',
    ],
    ['status', ['a'], 'Expected no worker, found "a"; see --help.'],
  ])('of %s with %j is refused with a sentence', async (command, argv, sentence) => {
    expect(await run(command, argv)).toEqual({ code: 2, stdout: '', stderr: `${sentence}\n` });
  });

  it('with an option that there is not is refused', async () => {
    const { code, stderr } = await run('watch', ['--all']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Unknown option '--all'/);
  });
});

describe('a worker', () => {
  it('is found by the beginning of its id, if only one begins so', async () => {
    const stage = await setStage();
    const ids = [await stage.spawn({ say: 'One.' }), await stage.spawn({ say: 'Two.' })];
    for (const id of ids) await stage.until(id, 'completed');
    const env = { AWM_LOGS_DIR: stage.config.logsDir };

    const { code, stdout } = await run('show', [ids[0]?.slice(0, 13).toUpperCase() ?? ''], env);
    expect({ code, found: stdout.includes(`worker   ${ids[0]}\n`) }).toEqual({
      code: 0,
      found: true,
    });
    const sentence = (found: string) =>
      `Expected the beginning of one worker's id, found ${found}; async-worker-manager watch shows how they begin.\n`;
    const none = await run('show', ['nobody'], env);
    expect(none.stderr).toBe(sentence('no worker at "nobody"'));
    const several = await run('tail', [''], env);
    expect(several.stderr).toBe(sentence('2 workers at ""'));
  });

  it('whose journal is damaged is told of, and hides no other', async () => {
    const stage = await setStage();
    const ids = [await stage.spawn({ say: 'One.' }), await stage.spawn({ say: 'Two.' })];
    for (const id of ids) await stage.until(id, 'completed');
    const { logsDir } = stage.config;
    await writeFile(workerPaths(logsDir, ids[0] ?? '').journal, 'nothing\n');
    const { code, stdout, stderr } = await run('status', ['--logs-dir', logsDir]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1✓ $0.01\n' });
    expect(stderr).toMatch(new RegExp(`^Worker ${ids[0]} is not shown: .*not JSON\\.\n$`));
  });
});
