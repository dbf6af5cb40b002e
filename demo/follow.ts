import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { WorkerRow } from '../src/manager/rows.ts';
import { listWorkers } from './caller.ts';
import type { Screen } from './screen.ts';

/** Updates a screen with the workers. */
export interface Follower {
  /** Lists the workers and updates the screen. */
  refresh(): void;
  /** Ends the updates; resolves when none is running. */
  stop(): Promise<void>;
}

/** A terminal shows running seconds, so it is also refreshed at this interval. */
const clockMs = 250;

/**
 * Shows the workers at each refresh, and on a terminal at a fixed interval too.
 *
 * @param order The workers' descriptions in the order in which they are shown.
 */
export function followWorkers(client: Client, screen: Screen, order: readonly string[]): Follower {
  /** A fixed order lets a reader follow the rows. */
  const inOrder = (workers: WorkerRow[]) =>
    workers.toSorted((a, b) => order.indexOf(a.description) - order.indexOf(b.description));
  let running: Promise<void> | undefined;
  const refresh = () => {
    running ??= listWorkers(client)
      .then((workers) => screen.show(inOrder(workers)))
      // The server is ending, so its last answer does not matter.
      .catch(() => {})
      .finally(() => {
        running = undefined;
      });
  };
  const clock = screen.isLive ? setInterval(refresh, clockMs) : undefined;
  return {
    refresh,
    async stop() {
      clearInterval(clock);
      await running;
    },
  };
}
