import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Session } from './harness.ts';

/** Sends a signal to a server and resolves once it has exited. */
export function endServer(session: Session, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    session.client.onclose = resolve;
    process.kill(session.pid, signal);
  });
}

/** A process of this machine that has not ended. */
interface Row {
  pid: number;
  group: number;
}

/** Returns the living processes of a process group. */
export async function membersOf(group: number): Promise<number[]> {
  const rows = await table();
  return rows.filter((row) => row.group === group).map(({ pid }) => pid);
}

export async function isRunning(pid: number): Promise<boolean> {
  const rows = await table();
  return rows.some((row) => row.pid === pid);
}

/** Lists the living processes. A zombie has ended, so it is not in the list. */
async function table(): Promise<Row[]> {
  const lines = process.platform === 'linux' ? await linesOfProc() : await linesOfPs();
  return lines
    .filter(([, , state = 'Z']) => !state.startsWith('Z'))
    .map(([pid, group]) => ({ pid: Number(pid), group: Number(group) }));
}

async function linesOfPs(): Promise<string[][]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=,stat=']);
  return stdout.split('\n').map((line) => line.trim().split(/\s+/));
}

async function linesOfProc(): Promise<string[][]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      // A process can end between the listing and the reading.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
      const [state = 'Z', , group = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [pid, group, state];
    }),
  );
}
