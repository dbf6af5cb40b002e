import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeOf } from '../errors.ts';
import { readFile } from '../files/calls.ts';

/**
 * When a process started, as a text to compare: with its pid it names one process for ever, as pids
 * are used again. Undefined when there is no such process.
 */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return startTimeOnLinux(pid);
  // `ps` is the portable way; macOS has no /proc.
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process that once had this pid and start time is still there. */
export async function isAlive(process_: { pid: number; start_time: string }): Promise<boolean> {
  return (await startTimeOf(process_.pid)) === process_.start_time;
}

/** Sends a signal to a whole process group; false when no process of it is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  // To the kernel, group 0 is our own and group 1 is everybody.
  if (pid <= 1) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: somebody is there, but is not ours to signal.
    return codeOf(error) === 'EPERM';
  }
}

/** Field 22 of /proc/pid/stat, in clock ticks since boot; a zombie counts as gone. */
async function startTimeOnLinux(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name stands in parentheses and may hold anything, so count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
