import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { WorkerStatus } from '../../../src/cli/overview.ts';
import { watch } from '../../../src/cli/watch.ts';
import { workerId } from '../fixtures.ts';
import { workerStatus } from './worker-status.ts';

const evil = '\u001b[31mred\u001b[2J\nnext';

const workers = [
  workerStatus({ state: 'completed', status: 'completed', description: 'First', cost_usd: 0.5 }),
  workerStatus({ worker_id: workerId(2), description: evil, lastLine: evil }),
  workerStatus({ status: 'interrupted?', hasServer: false, description: 'Third' }),
];

/** Watches the workers until the overview was read `times` times. Returns all that was written. */
async function watched(times: number, stdout: object, env: NodeJS.ProcessEnv, shown = workers) {
  const ending = new AbortController();
  let reads = 0;
  const overview = async (): Promise<WorkerStatus[]> => {
    reads += 1;
    if (reads === times) ending.abort();
    return shown;
  };
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  await watch(overview, {
    ...{ stdout: { write, ...stdout }, stderr: { write: () => {} }, env },
    ...{ now: () => 100_000, signal: ending.signal },
  });
  return text;
}

const plain = [
  'id        worker                          state                    for   cost  last message',
  '00000000  First                           completed               10 s  $0.50',
  '00000000  \\u001b[31mred\\u001b[2J\\u000an…  running                 10 s  $0.00  \\u001b[31mred\\u001b[2J\\u000anext',
  '00000000  Third                           interrupted?, no server  10 s  $0.00',
];

describe('the table of workers', () => {
  it('is written once without a terminal, without colours and with visible control characters', async () => {
    const text = await watched(9, {}, {});
    expect(text.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual(
      [...plain, ''].map((line) => line.replace(/ +/g, ' ')),
    );
  });

  it('is drawn again in a terminal, on the alternate screen, which it leaves at the end', async () => {
    const text = await watched(2, { isTTY: true, columns: 80, rows: 24 }, {});
    expect(text.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true);
    expect(text.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(text.split('\u001b[H\u001b[J')).toHaveLength(3);
  });

  it('begins in a terminal with the workers that need attention, and fits into it', async () => {
    const screen = { isTTY: true, columns: 60, rows: 6 };
    const text = await watched(1, screen, { NO_COLOR: '1' });
    const [, drawn = ''] = text.split('\u001b[H\u001b[J');
    const lines = drawn.replace('\u001b[?25h\u001b[?1049l', '').split('\n');
    expect(lines.map((line) => line.slice(0, 16))).toEqual([
      '1▶ 1✓ 1? $0.50  ',
      'id        worker',
      '00000000  Third ',
      '00000000  \\u001b',
      'and 1 more',
    ]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(60);
    expect(drawn).not.toContain('\u001b[3');
  });

  it('aligns its columns beside wide characters, and cuts at the width of the terminal', async () => {
    const shown = [
      workerStatus({ description: '翻訳する', lastLine: '🇯🇵'.repeat(40) }),
      workerStatus({ description: '👨‍👩‍👧 e\u0301te\u0301', lastLine: 'x'.repeat(80) }),
      workerStatus({ description: '長'.repeat(40) }),
    ];
    const text = await watched(1, { isTTY: true, columns: 80, rows: 24 }, { NO_COLOR: '1' }, shown);
    const [, drawn = ''] = text.split('\u001b[H\u001b[J');
    const [, titles = '', ...lines] = drawn.replace('\u001b[?25h\u001b[?1049l', '').split('\n');
    const before = (line: string) => stringWidth(line.slice(0, line.indexOf('running')));
    expect(lines.map(before)).toEqual(Array(3).fill(titles.indexOf('state')));
    expect(lines.map((line) => stringWidth(line))).toEqual([78, 79, 61]);
    // A hidden character, such as the joiner of a family, is shown by its number.
    expect(lines[1]).toContain('👨\\u200d👩\\u200d👧 e\u0301te\u0301');
    expect(lines[2]).toContain(`${'長'.repeat(14)}… `);
  });

  it('has colours unless NO_COLOR is set', async () => {
    const text = await watched(1, { isTTY: true, columns: 80, rows: 24 }, {});
    expect(text).toContain('\u001b[32m00000000  First');
  });
});
