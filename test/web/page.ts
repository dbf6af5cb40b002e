import type { Step } from '../../src/projection/contract.ts';
import type { Source } from '../../web/source/source.ts';
import { setBrowser } from './browser.ts';
import { type Run, snapshot } from './run.ts';

/** A source of which a test overrides what it uses. */
export function fakeSource(fields: Partial<Source> = {}): Source {
  const unused = async (): Promise<never> => {
    throw new Error('The test does not use this.');
  };
  return {
    ...{ follow: () => () => {}, charts: unused, records: unused, transcript: unused },
    ...{ answer: unused, resume: unused, stop: unused },
    ...fields,
  };
}

/** A page at an address that shows runs up to a number of their steps; all steps by default. */
export async function openPage(hash: string, runs: Run[], count?: number) {
  const browser = setBrowser(hash);
  const store = await import('../../web/state/store.ts');
  const recordsState = await import('../../web/state/records.ts');
  const listener = store.createListener(() => {});
  const show = (steps: number | undefined) => {
    const parts = runs.map((run) => run.snapshotAfter(steps ?? run.steps.length));
    listener.snapshot(
      snapshot({
        workers: parts.flatMap(({ workers }) => workers),
        lanes: Object.assign({}, ...parts.map(({ lanes }) => lanes)),
      }),
    );
  };
  show(count);
  return {
    ...{ browser, store, listener, show, records: recordsState.records },
    followRecords: recordsState.followRecords,
    /** Sends steps and draws them. */
    draw(steps: Step[]) {
      listener.steps(steps);
      browser.frame();
    },
  };
}

/** Waits for everything that follows from promises which are already resolved. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
