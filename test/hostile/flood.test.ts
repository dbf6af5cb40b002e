import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scripted } from '../src/stage.ts';
import { setHostileStage } from './stage.ts';

const megabyte = 1e6;

/** One gigabyte in all: every kind of line that takes memory to read, and some that must be skipped. */
const flood = [
  ...[{ line: 'x', times: 200 * megabyte }, { line: '\n' }],
  { line: `${'no JSON, '.repeat(110)}\n`, times: 50_000 },
  { line: `{${'broken, '.repeat(125)}}\n`, times: 50_000 },
  { line: { type: 'hologram', size: 'x'.repeat(1000) }, times: 100_000 },
  ...Array(30)
    .fill([{ line: '{"type":"assistant"' }, { line: ' ', times: 15 * megabyte }, { line: '}\n' }])
    .flat(),
  ...Array(150)
    .fill([
      { line: '{"type":"assistant","message":{"role":"assistant","content":"' },
      { line: 'y', times: megabyte },
      { line: '"}}\n' },
    ])
    .flat(),
  { say: 'Done.' },
];

it('a worker that writes 1 GB takes no memory of the server that grows with it', {
  timeout: 240_000,
}, async () => {
  const { session, logs, history } = await setHostileStage();
  const id = await session.spawn(scripted(...flood));
  const answer = await session.call('wait', {}, { timeout: 200_000 });
  expect(answer).toMatchObject({ completed: [{ worker_id: id }] });
  expect((await stat(join(logs, `worker-${id}`, 'stdout.ndjson'))).size).toBeGreaterThan(
    1000 * megabyte,
  );
  expect(await peakOf(session.pid)).toBeLessThan(150 * 1024);
  const { messages, ...head } = await history(id);
  expect(head).toMatchObject({ result: 'Done.', skipped_lines: 31 });
  expect(messages).toHaveLength(152);
});

/** The most memory that a process has ever held, in KiB; only Linux tells, others what it holds now. */
async function peakOf(pid: number): Promise<number> {
  if (process.platform !== 'linux') {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
}
