import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  runTerminal,
  type TerminalCommand,
  type TerminalInput,
} from '../../../src/cli/terminal.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { setStage } from '../stage.ts';

async function run(command: TerminalCommand, input: TerminalInput, env: NodeJS.ProcessEnv = {}) {
  let [stdout, stderr] = ['', ''];
  const code = await runTerminal(command, input, {
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
    ...{ env, now: () => 0, signal: new AbortController().signal },
  });
  return { code, stdout, stderr };
}

describe('a worker', () => {
  it('is found by the beginning of its id, if no other id begins so', async () => {
    const stage = await setStage();
    const ids = [await stage.spawn({ say: 'One.' }), await stage.spawn({ say: 'Two.' })];
    for (const id of ids) await stage.until(id, 'completed');
    const { logsDir, stateDir } = stage.config;
    const env = { AWM_LOGS_DIR: logsDir, AWM_STATE_DIR: stateDir };

    const { code, stdout } = await run(
      'show',
      { id: ids[0]?.slice(0, 13).toUpperCase() ?? '' },
      env,
    );
    expect({ code, found: stdout.includes(`worker   ${ids[0]}\n`) }).toEqual({
      code: 0,
      found: true,
    });
    const sentence = (found: string) =>
      `Expected the beginning of one worker's id, found ${found}; async-worker-manager watch shows how they begin.\n`;
    const none = await run('show', { id: 'nobody' }, env);
    expect(none.stderr).toBe(sentence('no worker at "nobody"'));
    const several = await run('tail', { id: '' }, env);
    expect(several.stderr).toBe(sentence('2 workers at ""'));
  });

  it('with a damaged journal is reported, and hides no other worker', async () => {
    const stage = await setStage();
    const ids = [await stage.spawn({ say: 'One.' }), await stage.spawn({ say: 'Two.' })];
    for (const id of ids) await stage.until(id, 'completed');
    const { logsDir, stateDir } = stage.config;
    await writeFile(workerPaths(stage.config, ids[0] ?? '').journal, 'nothing\n');
    const { code, stdout, stderr } = await run('status', { logsDir, stateDir });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1✓ $0.01\n' });
    expect(stderr).toMatch(new RegExp(`^Worker ${ids[0]} is not shown: .*not JSON\\.\n$`));
  });
});
