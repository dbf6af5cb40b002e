import { styleText } from 'node:util';
import { dollars, formatTable } from '../src/cli/format.ts';
import type { WorkerRow } from '../src/manager/rows.ts';

/** The output of the demo. */
export interface Screen {
  /** Prints a permanent text. */
  print(text: string): void;
  /** Shows the current workers. */
  show(workers: readonly WorkerRow[]): void;
  /** Removes the live table. After it, only printed texts are added. */
  close(): void;
  /** True when the workers are redrawn in place, so that seconds can be updated. */
  readonly isLive: boolean;
  /** The characters per line, which have no limit without a terminal. */
  readonly width: number;
}

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Opens a live table on a terminal, and plain lines everywhere else. */
export function openScreen(output: Output, env: NodeJS.ProcessEnv): Screen {
  const isTerminal = output.isTTY === true && env.TERM !== 'dumb' && !env.CI;
  return isTerminal ? liveScreen(output, !env.NO_COLOR) : plainScreen(output);
}

/** Prints one line for each change of a worker's state. */
function plainScreen(output: Output): Screen {
  const states = new Map<string, string>();
  return {
    isLive: false,
    width: Number.POSITIVE_INFINITY,
    print: (text) => void output.write(`${text}\n`),
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

/** Draws a table below all printed texts, in place. */
function liveScreen(output: Output, isColoured: boolean): Screen {
  let table: string[] = [];
  let isOpen = true;
  const draw = (text: string, lines: string[]) => {
    // No line is wider than the screen, so each line is one row.
    const frame = lines.map((line) => `${line}\n`).join('');
    output.write(`${hideCursor}${up(table.length)}\r${clearBelow}${text}${frame}`);
    table = lines;
  };
  const width = () => output.columns || 80;
  return {
    isLive: true,
    get width() {
      return width();
    },
    print(text) {
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
