import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Answer, type Session, type Stage, setStage } from '../end-to-end/harness.ts';

/** A prompt that makes the stand-in do one act after the other; see test/stand-ins/cli.mjs. */
export function acts(...list: Record<string, unknown>[]): string {
  return `Do this. <stand-in>${JSON.stringify(list)}</stand-in>`;
}

/** What `claude` writes when it asks for a permission. */
export function asked(request_id: string, command: string): Record<string, unknown> {
  const request = { subtype: 'can_use_tool', tool_name: 'Bash', input: { command } };
  return { type: 'control_request', request_id, request };
}

/** The result that the stand-in writes for the turn it is in, and that is not its own. */
export const resultForNobody = {
  ...{ type: 'result', subtype: 'success', is_error: false, result: 'Not for you.' },
  user_message_uuids: ['00000000-0000-4000-8000-00000000dead'],
};

/** A real server whose `claude` is the stand-in. */
export async function setHostileStage(): Promise<{ stage: Stage; session: Session }> {
  const stage = await setStage();
  const env = { AWM_CLAUDE: resolve('test/stand-ins/claude.mjs') };
  return { stage, session: await stage.connect({ env }) };
}

/** Lets one worker do some acts, and gives its row of `wait` and its history. */
export async function play(
  { stage, session }: { stage: Stage; session: Session },
  ...list: Record<string, unknown>[]
): Promise<{ id: string; row: Answer; history: Answer }> {
  const id = await session.spawn(acts(...list));
  const { completed, failed } = await session.call('wait');
  return { id, row: completed[0] ?? failed[0], history: await stage.history(id) };
}

/** The most memory that a process ever held, in bytes. */
export async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
