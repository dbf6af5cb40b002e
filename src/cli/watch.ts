import { setTimeout as after } from 'node:timers/promises';
import { styleText } from 'node:util';
import { visible } from '../stream-json/message.ts';
import { beginningOf } from '../text/cut.ts';
import { age, cut, dollars, formatTable } from './format.ts';
import type { TerminalIo } from './io.ts';
import { type Status, stateOf, type WorkerStatus } from './overview.ts';
import { statusLine } from './status.ts';

const redrawMs = 1_000;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clear = '\u001b[H\u001b[J';
const enter = `\u001b[?1049h${hideCursor}`;
const leave = `${showCursor}\u001b[?1049l`;

/**
 * Draws the workers as a table every second, until the signal ends it. Without a terminal it writes
 * the table once.
 */
export async function watch(overview: () => Promise<WorkerStatus[]>, io: TerminalIo) {
  const { stdout, env, now, signal } = io;
  if (!stdout.isTTY || env.TERM === 'dumb') {
    stdout.write(
      tableOf(await overview(), now())
        .map((line) => `${line}\n`)
        .join(''),
    );
    return;
  }
  stdout.write(enter);
  try {
    while (!signal.aborted) {
      stdout.write(clear + screenOf(await overview(), io).join('\n'));
      await after(redrawMs, undefined, { signal }).catch(() => {});
    }
  } finally {
    stdout.write(leave);
  }
}

/** Returns the part of the table that fits the terminal. Settled workers come last. */
function screenOf(workers: WorkerStatus[], { stdout, env, now }: TerminalIo): string[] {
  const { columns = 80, rows = 24 } = stdout;
  const sorted = workers.toSorted((one, other) => rankOf(one) - rankOf(other));
  const shown = sorted.slice(0, Math.max(1, rows - 4));
  const [titles = '', ...lines] = tableOf(shown, now()).map((line) => cut(line, columns - 1));
  const hidden = workers.length - shown.length;
  return [
    cut(`${statusLine(workers)}   Ctrl-C ends`, columns - 1),
    titles,
    ...lines.map((line, index) => painted(line, shown[index], env)),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
  ];
}

const rankOf = ({ status }: WorkerStatus) =>
  ['asking', 'interrupted?', 'working', 'queued', 'failed', 'completed'].indexOf(status);

function tableOf(workers: readonly WorkerStatus[], now: number): string[] {
  return formatTable(
    [
      { title: 'id' },
      { title: 'worker' },
      { title: 'state' },
      { title: 'for', align: 'right' },
      { title: 'cost', align: 'right' },
      { title: 'last message' },
    ],
    workers.map((worker) => [
      beginningOf(worker.worker_id, 8),
      cut(visible(worker.description), 30),
      stateOf(worker),
      age(worker.since, now),
      dollars(worker.cost_usd),
      visible(worker.lastLine),
    ]),
  );
}

const colours: Partial<Record<Status, 'green' | 'red' | 'yellow'>> = {
  completed: 'green',
  failed: 'red',
  asking: 'yellow',
  'interrupted?': 'red',
};

function painted(line: string, worker: WorkerStatus | undefined, env: NodeJS.ProcessEnv): string {
  const colour = worker && colours[worker.status];
  return colour && !env.NO_COLOR ? styleText(colour, line, { validateStream: false }) : line;
}
