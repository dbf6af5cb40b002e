import { resolve } from 'node:path';
import type { Answer, Session, Stage } from '../end-to-end/harness.ts';
import { setStage } from '../end-to-end/harness.ts';

/** A server as it is shipped, whose `claude` does what the prompt says, however odd. */
export interface HostileStage extends Stage {
  session: Session;
  /** Another server on the same folder. */
  reconnect(): Promise<Session>;
}

export async function setHostileStage(): Promise<HostileStage> {
  const stage = await setStage();
  const reconnect = () => stage.connect({ env: { AWM_CLAUDE: standIn } });
  return { ...stage, session: await reconnect(), reconnect };
}

const standIn = resolve('test/stand-ins/claude.mjs');

/** Calls `wait` until so many requests are open, and gives them. */
export async function openRequests(session: Session, count: number): Promise<Answer[]> {
  for (;;) {
    const { pending_permissions } = await session.call('wait');
    if (pending_permissions.length >= count) return pending_permissions;
  }
}

/** A line that asks for a permission under the given id of the CLI. */
export const asking = (request_id: string, command: string): object => ({
  type: 'control_request',
  request_id,
  request: { subtype: 'can_use_tool', tool_name: 'Bash', input: { command } },
});

/** A line that ends the turn, from no prompt in particular. */
export const ending = (result: string, fields: object = {}): object => ({
  ...{ type: 'result', subtype: 'success', is_error: false, result },
  ...fields,
});
