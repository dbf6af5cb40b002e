import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A demo that was started, with its output in a pipe. */
export interface Run {
  child: ChildProcess;
  /** Where the demo makes its folder. */
  folder: string;
  exit: Promise<number | null>;
  /** Everything on stdout and stderr so far. */
  text(): string;
  /** Resolves once this was written; rejects when the demo ends without it. */
  says(part: string): Promise<void>;
  /** Interrupts it if it still runs, and removes its folder. */
  end(): Promise<void>;
}

/** Starts the demo the way `npm run demo` does. */
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
  const heard = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      heard.dispatchEvent(new Event('text'));
    });
  }
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    folder,
    exit,
    text: () => text,
    says: (part) =>
      new Promise((resolve, reject) => {
        const look = () => text.includes(part) && resolve();
        heard.addEventListener('text', look);
        void exit.then(() => reject(new Error(`The demo ended without "${part}":\n${text}`)));
        look();
      }),
    async end() {
      child.kill('SIGINT');
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The processes of a user whose home is in a folder: `ps` with `e` shows the environment too. */
export async function processesOf(folder: string): Promise<string[]> {
  const ps = spawn('ps', ['axeww', '-o', 'pid=,command='], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = await ps.stdout.setEncoding('utf8').toArray();
  const lines = chunks.join('').split('\n');
  return lines.filter((line) => line.includes(`HOME=${folder}`));
}
