import { styleText } from 'node:util';
import { dollars, formatTable } from '../src/cli/format.ts';
import type { WorkerRow } from '../src/manager/rows.ts';

/** Where the demo shows itself. */
export interface Screen {
  /** Says something that stays. */
  say(text: string): void;
  /** Shows the workers as they are now. */
  show(workers: readonly WorkerRow[]): void;
  /** Ends the part that changes: it goes, and only what is said comes after it. */
  close(): void;
  /** Whether the workers are shown in place, so that seconds are worth a redraw. */
  readonly isLive: boolean;
  /** Characters in a line; without a terminal there is no end to it. */
  readonly width: number;
}

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** A live table on a terminal, plain lines everywhere else. */
export function openScreen(output: Output, env: NodeJS.ProcessEnv): Screen {
  const isTerminal = output.isTTY === true && env.TERM !== 'dumb' && !env.CI;
  return isTerminal ? liveScreen(output, !env.NO_COLOR) : plainScreen(output);
}

/** One line for each change of a worker's state. */
function plainScreen(output: Output): Screen {
  const states = new Map<string, string>();
  return {
    isLive: false,
    width: Number.POSITIVE_INFINITY,
    say: (text) => void output.write(`${text}\n`),
    show(workers) {
      for (const { worker_id, description, state, seconds, cost_usd } of workers) {
        if (states.get(worker_id) === state) continue;
        states.set(worker_id, state);
        const cost = cost_usd === 0 ? '' : `, ${dollars(cost_usd)}`;
        output.write(`  ${description}: ${state} (${seconds} s${cost})\n`);
      }
    },
    close() {},
  };
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearBelow = '\u001b[J';
const up = (lines: number) => (lines === 0 ? '' : `\u001b[${lines}A`);

/** A table below everything that was said, redrawn in place. */
function liveScreen(output: Output, isColoured: boolean): Screen {
  let table: string[] = [];
  let isOpen = true;
  const draw = (said: string, lines: string[]) => {
    // The lines on the screen are never wider than it, so each takes one row of it.
    const frame = lines.map((line) => `${line}\n`).join('');
    output.write(`${hideCursor}${up(table.length)}\r${clearBelow}${said}${frame}`);
    table = lines;
  };
  const width = () => output.columns || 80;
  return {
    isLive: true,
    get width() {
      return width();
    },
    say(text) {
      if (isOpen) draw(`${text}\n`, table);
      else output.write(`${text}\n`);
    },
    show(workers) {
      if (!isOpen) return;
      const [titles = '', ...rows] = tableOf(workers).map((line) => line.slice(0, width() - 1));
      const colours = workers.map(({ state }) => colourOf(state));
      const paint = (line: string, index: number) => {
        const colour = colours[index];
        return isColoured && colour ? styleText(colour, line, { validateStream: false }) : line;
      };
      draw('', ['', titles, ...rows.map(paint)]);
    },
    close() {
      if (!isOpen) return;
      draw('', []);
      output.write(showCursor);
      isOpen = false;
    },
  };
}

function tableOf(workers: readonly WorkerRow[]): string[] {
  return formatTable(
    [
      { title: 'worker' },
      { title: 'state' },
      { title: 's', align: 'right' },
      { title: 'cost', align: 'right' },
      { title: 'last activity' },
    ],
    workers.map(({ description, state, seconds, cost_usd, last_activity }) => [
      description,
      state.padEnd('awaiting_permission'.length),
      String(seconds),
      dollars(cost_usd),
      last_activity,
    ]),
  );
}

function colourOf(state: string): 'green' | 'red' | 'yellow' | undefined {
  if (state === 'completed') return 'green';
  if (state === 'failed') return 'red';
  return state === 'awaiting_permission' ? 'yellow' : undefined;
}
