import { execFileSync, fork } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Exit, Launch } from '../src/claude/launch.ts';
import type { HostCommand, HostReport } from './stand-in-host.ts';

/** Stand-ins for all processes that a manager launches. */
export interface Crowd {
  launch: Launch;
  /** Ends the turns of the stand-ins of these workers. */
  finish(worker_ids: string[]): void;
  /** Makes each stand-in write so many messages; resolves after the last. */
  chat(worker_ids: string[], count: number): Promise<void>;
  /** Ends the stand-ins of these workers. */
  leave(worker_ids: string[]): void;
  close(): void;
}

/** The kernel never assigns process ids above this one, so a signal reaches no process. */
const firstPid = 2 ** 22 + 1;

/** Creates the FIFOs of `size` stand-ins in a folder, and the process that hosts them. */
export async function gatherCrowd(size: number, folder: string): Promise<Crowd> {
  const fifos = Array.from({ length: size }, (_, index) => join(folder, `fifo-${index}`));
  execFileSync('mkfifo', ['-m', '600', ...fifos]);
  // The program is in the folder of this file, bundled or not.
  const script = `stand-in-host${extname(import.meta.url)}`;
  const host = fork(fileURLToPath(new URL(script, import.meta.url)));
  await new Promise((resolve) => host.once('spawn', resolve));
  const tell = (command: HostCommand) => void host.send(command);
  const births = new Map<string, () => void>();
  const exits = new Map<string, (exit: Exit) => void>();
  let onChatted = () => {};
  host.on('message', (report: HostReport) => {
    if ('born' in report) return births.get(report.born)?.();
    if ('chatted' in report) return onChatted();
    exits.get(report.left)?.({ code: 0, signal: null });
    exits.delete(report.left);
  });

  const launch: Launch = async ({ paths, args }) => {
    const fifo = fifos.pop();
    if (fifo === undefined) throw new Error(`More than ${size} workers were launched.`);
    const pid = firstPid + fifos.length;
    await rename(fifo, paths.stdin);
    const worker_id = basename(paths.folder).slice('worker-'.length);
    const exited = new Promise<Exit>((resolve) => exits.set(worker_id, resolve));
    const isBorn = new Promise<void>((resolve) => births.set(worker_id, resolve));
    const session_id = args[args.indexOf('--session-id') + 1] ?? '';
    tell({ bear: { worker_id, stdin: paths.stdin, stdout: paths.stdout, session_id } });
    await isBorn;
    births.delete(worker_id);
    return { pid, exited };
  };
  return {
    launch,
    finish: (worker_ids) => tell({ finish: worker_ids }),
    chat(worker_ids, count) {
      tell({ chat: worker_ids, count });
      return new Promise((resolve) => {
        onChatted = resolve;
      });
    },
    leave: (worker_ids) => tell({ leave: worker_ids }),
    close: () => host.disconnect(),
  };
}
