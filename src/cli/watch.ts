import { setTimeout as after } from 'node:timers/promises';
import { styleText } from 'node:util';
import { visible } from '../stream-json/message.ts';
import type { TerminalIo } from './arguments.ts';
import { age, cut, dollars, formatTable } from './format.ts';
import { type Sighting, type Standing, stateOf } from './overview.ts';
import { statusLine } from './status.ts';

const redrawMs = 1_000;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clear = '\u001b[H\u001b[J';
const enter = `\u001b[?1049h${hideCursor}`;
const leave = `${showCursor}\u001b[?1049l`;

/**
 * Shows the workers in a table that is drawn anew every second, until it is ended. Where there is no
 * terminal the table is written once.
 */
export async function watch(look: () => Promise<Sighting[]>, io: TerminalIo, end: AbortSignal) {
  const { stdout, env, now } = io;
  if (!stdout.isTTY || env.TERM === 'dumb') {
    stdout.write(
      tableOf(await look(), now())
        .map((line) => `${line}\n`)
        .join(''),
    );
    return;
  }
  stdout.write(enter);
  try {
    while (!end.aborted) {
      stdout.write(clear + screenOf(await look(), io).join('\n'));
      await after(redrawMs, undefined, { signal: end }).catch(() => {});
    }
  } finally {
    stdout.write(leave);
  }
}

/** As much of the table as the terminal holds; whoever is at work comes before whoever is settled. */
function screenOf(workers: Sighting[], { stdout, env, now }: TerminalIo): string[] {
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

const rankOf = ({ standing }: Sighting) =>
  ['asking', 'interrupted?', 'working', 'queued', 'failed', 'completed'].indexOf(standing);

function tableOf(workers: readonly Sighting[], now: number): string[] {
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
      worker.worker_id.slice(0, 8),
      cut(visible(worker.description), 30),
      stateOf(worker),
      age(worker.since, now),
      dollars(worker.cost_usd),
      visible(worker.lastLine),
    ]),
  );
}

const colours: Partial<Record<Standing, 'green' | 'red' | 'yellow'>> = {
  completed: 'green',
  failed: 'red',
  asking: 'yellow',
  'interrupted?': 'red',
};

function painted(line: string, worker: Sighting | undefined, env: NodeJS.ProcessEnv): string {
  const colour = worker && colours[worker.standing];
  return colour && !env.NO_COLOR ? styleText(colour, line, { validateStream: false }) : line;
}
