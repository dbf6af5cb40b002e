import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFile } from '../files/calls.ts';

/** A process as people read it. */
export interface NamedProcess {
  pid: number;
  /** The pid of its parent. */
  parent: number;
  /** The command with its arguments, as the system lists it. */
  command: string;
}

/** Returns the processes of these ids that still exist, with their parents and commands. */
export async function nameProcesses(pids: readonly number[]): Promise<NamedProcess[]> {
  const name = process.platform === 'linux' ? nameByProc : nameByPs;
  const named = await Promise.all(pids.map((pid) => name(pid).catch(() => undefined)));
  return named.filter((found) => found !== undefined);
}

async function nameByProc(pid: number): Promise<NamedProcess | undefined> {
  const [command, stat] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, 'utf8'),
    readFile(`/proc/${pid}/stat`, 'utf8'),
  ]);
  // The command's name is in parentheses and may hold any character, so count from its end.
  const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const text = command.replaceAll('\0', ' ').trim();
  return text === '' ? undefined : { pid, parent: Number(parent), command: text };
}

async function nameByPs(pid: number): Promise<NamedProcess | undefined> {
  const args = ['-ww', '-o', 'ppid=,command=', '-p', String(pid)];
  const { stdout } = await promisify(execFile)('ps', args);
  const [, parent, command] = /^\s*(\d+)\s+(.*\S)/.exec(stdout) ?? [];
  return command === undefined ? undefined : { pid, parent: Number(parent), command };
}

/** True when a process descends from `ancestor`, as far as the list shows. */
export function descendsFrom(
  { parent }: NamedProcess,
  ancestor: number,
  list: readonly NamedProcess[],
): boolean {
  if (parent === ancestor) return true;
  const next = list.find(({ pid }) => pid === parent);
  return next !== undefined && descendsFrom(next, ancestor, list);
}
