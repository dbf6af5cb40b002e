import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { WorkerRow } from '../src/manager/rows.ts';
import { listWorkers } from './caller.ts';
import type { Screen } from './screen.ts';

/** Keeps a screen up to date with the workers. */
export interface Follower {
  /** Looks at the workers now. */
  look(): void;
  /** Ends the looking; resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** On a terminal the seconds run too, so there it looks this often without being told. */
const clockMs = 250;

/**
 * Shows the workers whenever it is told to look, and on a terminal all the time.
 *
 * @param order The workers' descriptions in the order in which they are shown.
 */
export function followWorkers(client: Client, screen: Screen, order: readonly string[]): Follower {
  /** Rows that change their places cannot be followed by eye. */
  const inOrder = (workers: WorkerRow[]) =>
    workers.toSorted((a, b) => order.indexOf(a.description) - order.indexOf(b.description));
  let looking: Promise<void> | undefined;
  const look = () => {
    looking ??= listWorkers(client)
      .then((workers) => screen.show(inOrder(workers)))
      // The server is about to end; what it was asked last does not matter.
      .catch(() => {})
      .finally(() => {
        looking = undefined;
      });
  };
  const clock = screen.isLive ? setInterval(look, clockMs) : undefined;
  return {
    look,
    async stop() {
      clearInterval(clock);
      await looking;
    },
  };
}
