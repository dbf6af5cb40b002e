import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { PermissionRow } from '../src/manager/rows.ts';
import { listWorkers } from './caller.ts';

/** How often it is looked whether a human has answered, in milliseconds. */
const lookMs = 300;

/** Leaves a request to the human at the page: resolves once its worker asks for nothing any more. */
export async function untilAnswered(
  client: Client,
  { worker_id }: PermissionRow,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const row = (await listWorkers(client)).find((one) => one.worker_id === worker_id);
    if (row?.state !== 'awaiting_permission') return;
    await delay(lookMs, undefined, { signal });
  }
}

/** Keeps the page open for as long as somebody wants to look at it. */
export function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
