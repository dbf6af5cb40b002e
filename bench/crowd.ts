import { execFileSync, fork } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Exit, Launch } from '../src/claude/launch.ts';
import type { HostCommand, HostReport } from './stand-in-host.ts';

/** Stand-ins for as many processes as a manager launches. */
export interface Crowd {
  launch: Launch;
  /** Ends the turn of every stand-in. */
  finish(): void;
  /** Lets every stand-in be gone. */
  leave(): void;
  close(): void;
}

/** No kernel gives out process ids from here on, so a signal to one of these meets nobody. */
const firstPid = 2 ** 22 + 1;

/** Makes the FIFOs of `size` stand-ins in a folder, and a process that will speak for them. */
export async function gatherCrowd(size: number, folder: string): Promise<Crowd> {
  const fifos = Array.from({ length: size }, (_, index) => join(folder, `fifo-${index}`));
  execFileSync('mkfifo', ['-m', '600', ...fifos]);
  const host = fork(fileURLToPath(new URL('stand-in-host.ts', import.meta.url)));
  await new Promise((resolve) => host.once('spawn', resolve));
  const tell = (command: HostCommand) => void host.send(command);
  const born = new Map<number, () => void>();
  const exits: ((exit: Exit) => void)[] = [];
  host.on('message', ({ born: pid }: HostReport) => born.get(pid)?.());

  const launch: Launch = async ({ paths, args }) => {
    const fifo = fifos.pop();
    if (fifo === undefined) throw new Error(`More than ${size} workers were launched.`);
    const pid = firstPid + fifos.length;
    await rename(fifo, paths.stdin);
    const isBorn = new Promise<void>((resolve) => born.set(pid, resolve));
    const session_id = args[args.indexOf('--session-id') + 1] ?? '';
    tell({ bear: { pid, stdin: paths.stdin, stdout: paths.stdout, session_id } });
    await isBorn;
    return { pid, exited: new Promise((resolve) => exits.push(resolve)) };
  };
  return {
    launch,
    finish: () => tell('finish'),
    leave() {
      tell('leave');
      for (const exit of exits.splice(0)) exit({ code: 0, signal: null });
    },
    close: () => host.disconnect(),
  };
}
