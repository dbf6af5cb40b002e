import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../src/cli/overview.ts';
import { watch } from '../../src/cli/watch.ts';
import { workerId } from '../src/fixtures.ts';
import { sighting } from './sightings.ts';

const evil = '\u001b[31mred\u001b[2J\nnext';

const workers = [
  sighting({ state: 'completed', standing: 'completed', description: 'First', cost_usd: 0.5 }),
  sighting({ worker_id: workerId(2), description: evil, lastLine: evil }),
  sighting({ standing: 'interrupted?', isTended: false, description: 'Third' }),
];

/** Watches until it has looked so many times, at a terminal or not. */
async function watched(times: number, stdout: object, env: NodeJS.ProcessEnv, seen = workers) {
  const ending = new AbortController();
  let looks = 0;
  const look = async (): Promise<Sighting[]> => {
    looks += 1;
    if (looks === times) ending.abort();
    return seen;
  };
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const io = { stdout: { write, ...stdout }, stderr: { write: () => {} }, env, now: () => 100_000 };
  await watch(look, io, ending.signal);
  return text;
}

const plain = [
  'id        worker                          state                    for   cost  last message',
  '00000000  First                           completed               10 s  $0.50',
  '00000000  \\u001b[31mred\\u001b[2J\\u000an…  running                 10 s  $0.00  \\u001b[31mred\\u001b[2J\\u000anext',
  '00000000  Third                           interrupted?, no server  10 s  $0.00',
];

describe('the table of workers', () => {
  it('is written once and plainly where there is no terminal, with control characters shown', async () => {
    const text = await watched(9, {}, {});
    expect(text.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual(
      [...plain, ''].map((line) => line.replace(/ +/g, ' ')),
    );
  });

  it('is drawn again at a terminal, on a screen of its own that is given back', async () => {
    const text = await watched(2, { isTTY: true, columns: 80, rows: 24 }, {});
    expect(text.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true);
    expect(text.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(text.split('\u001b[H\u001b[J')).toHaveLength(3);
  });

  it('begins at a terminal with whoever needs somebody, and fits into it', async () => {
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

  it('has colours where they are not refused', async () => {
    const text = await watched(1, { isTTY: true, columns: 80, rows: 24 }, {});
    expect(text).toContain('\u001b[32m00000000  First');
  });
});
