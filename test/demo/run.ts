import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A running demo with its output in a pipe. */
export interface Run {
  child: ChildProcess;
  /** The folder in which the demo creates its own folder. */
  folder: string;
  exit: Promise<number | null>;
  /** Returns stdout and stderr up to now. */
  text(): string;
  /** Resolves once the output has this part; rejects when the demo ends without it. */
  untilPrinted(part: string): Promise<void>;
  /** Interrupts the demo if it still runs, and removes its folder. */
  end(): Promise<void>;
}

/** Starts the demo like `npm run demo`. */
export async function startDemo(
  env: Record<string, string> = {},
  args: string[] = [],
): Promise<Run> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'demo-test-'));
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/demo.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const output = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      output.dispatchEvent(new Event('text'));
    });
  }
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    folder,
    exit,
    text: () => text,
    untilPrinted: (part) =>
      new Promise((resolve, reject) => {
        const check = () => text.includes(part) && resolve();
        output.addEventListener('text', check);
        void exit.then(() => reject(new Error(`The demo ended without "${part}":\n${text}`)));
        check();
      }),
    async end() {
      child.kill('SIGINT');
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the processes whose HOME is a folder; `ps` with `e` prints the environment too. */
export async function processesOf(folder: string): Promise<string[]> {
  const ps = spawn('ps', ['axeww', '-o', 'pid=,command='], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = await ps.stdout.setEncoding('utf8').toArray();
  const lines = chunks.join('').split('\n');
  return lines.filter((line) => line.includes(`HOME=${folder}`));
}
