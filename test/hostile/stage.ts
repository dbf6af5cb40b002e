import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Answer, type Session, type Stage, setStage } from '../end-to-end/harness.ts';
import { scripted } from '../src/stage.ts';

/** The shipped server, with a stand-in for `claude` whose prompt controls its output. */
export interface HostileStage extends Stage {
  session: Session;
}

export async function setHostileStage(): Promise<HostileStage> {
  const stage = await setStage();
  const env = { AWM_CLAUDE: resolve('test/stand-ins/claude.mjs') };
  return { ...stage, session: await stage.connect({ env }) };
}

/** Runs a worker with some acts; returns its row of `wait` and its history. */
export async function play(
  { session, history }: HostileStage,
  ...acts: object[]
): Promise<{ id: string; row: Answer; history: Answer }> {
  const id = await session.spawn(scripted(...acts));
  const { completed, failed } = await session.call('wait');
  return { id, row: completed[0] ?? failed[0], history: await history(id) };
}

/** Calls `wait` until so many requests are open, and returns them. */
export async function openRequests(session: Session, count: number): Promise<Answer[]> {
  for (;;) {
    const { pending_permissions } = await session.call('wait');
    if (pending_permissions.length >= count) return pending_permissions;
  }
}

/** Returns a line that requests a permission with the given id of the CLI. */
export const asking = (request_id: string, command: string): object => ({
  type: 'control_request',
  request_id,
  request: { subtype: 'can_use_tool', tool_name: 'Bash', input: { command } },
});

/** Returns a line that ends the turn. It belongs to no prompt unless the fields name one. */
export const ending = (result: string, fields: object = {}): object => ({
  ...{ type: 'result', subtype: 'success', is_error: false, result },
  ...fields,
});

/** Returns the peak memory of a process, in bytes. Only Linux has it. */
export async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
