import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { PermissionRow } from '../src/manager/rows.ts';
import { listWorkers } from './caller.ts';

/** The polling interval for the answer of a human, in milliseconds. */
const pollMs = 300;

/** Waits for the human at the page: resolves once the worker has no open request. */
export async function untilAnswered(
  client: Client,
  { worker_id }: PermissionRow,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const row = (await listWorkers(client)).find((one) => one.worker_id === worker_id);
    if (row?.state !== 'awaiting_permission') return;
    await delay(pollMs, undefined, { signal });
  }
}

/** Resolves after an interrupt, so that the page stays open until then. */
export function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
