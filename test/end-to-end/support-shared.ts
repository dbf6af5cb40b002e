import { afterAll, beforeAll } from 'vitest';
import { type ConnectOptions, openStage, type Session, type Stage } from './harness.ts';

/**
 * Starts one server before the tests of a file and stops it after them, for tests that only need a
 * worker each. A worker's process exits after its turn, so no idle process takes CPU time from the
 * later tests.
 * @returns a function for the body of a test, which returns the stage and the session.
 */
export function shareSession(
  options: Omit<ConnectOptions, 'args'> = {},
): () => { stage: Stage; session: Session } {
  let shared: { stage: Stage; session: Session; takeDown(): Promise<void> } | undefined;
  beforeAll(async () => {
    const { stage, takeDown } = await openStage();
    const session = await stage.connect({ ...options, args: ['--keep-alive-seconds', '0'] });
    shared = { stage, session, takeDown };
  });
  afterAll(() => shared?.takeDown());
  return () => {
    if (!shared) throw new Error('The shared session exists only in the body of a test.');
    return shared;
  };
}
