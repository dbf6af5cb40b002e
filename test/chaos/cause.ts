import { constants } from 'node:fs';
import { type FileHandle, open, truncate } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../src/errors.ts';
import type { Accident } from './plan.ts';
import type { Stage } from './stage.ts';
import type { Victim } from './victims.ts';

const signals = { kill: 'SIGKILL', end: 'SIGTERM', freeze: 'SIGSTOP' } as const;

/** Waits for the end of an accident that takes some time. */
type End = () => Promise<void>;

const atOnce: End = async () => {};

/** Causes one accident; returns undefined when its victim has just gone. */
export async function cause(
  stage: Stage,
  { what, frozen }: Accident,
  { pid = 0, path = '' }: Victim,
): Promise<End | undefined> {
  switch (what) {
    case 'kill':
    case 'end':
      return send(pid, signals[what]) ? atOnce : undefined;
    case 'freeze':
      return send(pid, signals[what]) ? () => thaw(pid, frozen) : undefined;
    case 'empty':
      return truncate(path, 0).then(
        () => atOnce,
        () => undefined,
      );
    case 'steal':
      return steal(path, frozen);
    case 'die':
      stage.leaveServer();
      return atOnce;
    case 'visit':
      return () => stage.visitFromElsewhere();
  }
}

async function thaw(pid: number, ms: number): Promise<void> {
  await sleep(ms);
  send(pid, 'SIGCONT');
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    // The process ended between the search and the signal.
    return false;
  }
}

/** Takes every line out of a FIFO that comes in some time before `claude` reads it. */
async function steal(path: string, ms: number): Promise<End | undefined> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const fifo = await open(path, flags).catch(() => undefined);
  if (!fifo) return;
  const until = Date.now() + ms;
  return async () => {
    try {
      while (Date.now() < until) if (!(await readOnce(fifo))) await sleep(1);
    } finally {
      await fifo.close();
    }
  };
}

/** Returns how many bytes were there. */
async function readOnce(fifo: FileHandle): Promise<number> {
  try {
    return (await fifo.read(Buffer.alloc(65_536))).bytesRead;
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 0;
    throw error;
  }
}
