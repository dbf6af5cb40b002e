import { codeOf } from '../errors.ts';
import { readFile } from '../files/calls.ts';
import { ps } from './ps.ts';

/**
 * Returns when a process started, as a text to compare, or undefined when there is no such process.
 * The system uses a pid again; a pid with its start time names one process for ever.
 */
export async function startTimeOf(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  if (platform === 'linux') return startTimeOnLinux(pid);
  const row = await ps(['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => '');
  const [, state, started] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(row) ?? [];
  // A zombie counts as exited.
  return state?.startsWith('Z') ? undefined : started;
}

/** Returns true while the process with this pid and start time exists. */
export async function isAlive(process_: { pid: number; start_time: string }): Promise<boolean> {
  return (await startTimeOf(process_.pid)) === process_.start_time;
}

/** Sends a signal to a process group; returns false when the group has no process. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  // For the kernel, -0 is our own group and -1 is every process.
  if (pid <= 1) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: the group exists, but belongs to another user.
    return codeOf(error) === 'EPERM';
  }
}

/** Reads field 22 of /proc/pid/stat, in clock ticks since boot. A zombie counts as exited. */
async function startTimeOnLinux(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in parentheses and may hold any character, so count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
