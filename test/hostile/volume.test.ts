import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lineCap } from '../../src/files/lines.ts';
import { peakOf, play, setHostileStage } from './stage.ts';

/** The limit of the server's peak memory, in bytes. */
const bound = 200 * 1024 ** 2;
const megabyte = 'x'.repeat(1024 ** 2);
const other = `${JSON.stringify({ type: 'later', text: megabyte })}\n`;

it('a line of 200 MB is skipped and counted, and the memory of the server stays small', async () => {
  const stage = await setHostileStage();
  const begin =
    '{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"';
  const { row, history } = await play(
    stage,
    { line: begin },
    { line: megabyte, repeat: 200 },
    { line: '"}]}}\n' },
    { say: 'Said after it.' },
  );
  expect(200 * 1024 ** 2).toBeGreaterThan(lineCap);
  expect(row).not.toHaveProperty('reason');
  expect(history).toMatchObject({ result: 'Said after it.', skipped_lines: 1 });
  expect(await peakOf(stage.session.pid)).toBeLessThan(bound);
});

it('during 1 GB of stdout the memory of the server stays small, and it answers calls', async () => {
  const stage = await setHostileStage();
  const { id, history } = await play(
    stage,
    { line: other, repeat: 500 },
    { say: 'Half of it.' },
    { line: other, repeat: 500 },
    { say: 'All of it.' },
  );
  const { size } = await stat(join(stage.state, `worker-${id}`, 'stdout.ndjson'));
  expect(size).toBeGreaterThan(1_000 * 1024 ** 2);
  expect(history.result).toBe('All of it.');
  expect(JSON.stringify(history.messages)).toContain('Half of it.');
  expect(await peakOf(stage.session.pid)).toBeLessThan(bound);
}, 120_000);
