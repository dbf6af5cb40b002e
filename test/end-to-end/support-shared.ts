import { afterAll, beforeAll } from 'vitest';
import { type ConnectOptions, openStage, type Session, type Stage } from './harness.ts';

/**
 * Starts one server before the tests of a file and stops it after them, for tests that need nothing
 * but a worker each. A worker's process ends with its turn, so that none is left idle beside the
 * later tests.
 * @returns the stage and the session, for the body of a test.
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
    if (!shared) throw new Error('The shared session is for the body of a test.');
    return shared;
  };
}
