import { describe, expect, it } from 'vitest';
import { exitFailure } from '../../../src/claude/exit.ts';

describe('a process that ends before its turn is over', () => {
  it.each([
    [
      'with an exit code is crashed',
      { code: 3, signal: null },
      'crashed',
      3,
      'claude exited with code 3 before its turn was over: Boom.',
    ],
    [
      'with exit code 0 is crashed',
      { code: 0, signal: null },
      'crashed',
      0,
      'claude exited with code 0 before its turn was over: Boom.',
    ],
    [
      'by SIGKILL is killed',
      { code: null, signal: 'SIGKILL' },
      'killed',
      137,
      'claude was ended by SIGKILL: Boom.',
    ],
    [
      'by SIGTERM is killed',
      { code: null, signal: 'SIGTERM' },
      'killed',
      143,
      'claude was ended by SIGTERM: Boom.',
    ],
    [
      'with the exit code of SIGTERM is killed',
      { code: 143, signal: null },
      'killed',
      143,
      'claude was ended by SIGTERM: Boom.',
    ],
    [
      'with the exit code of SIGKILL is killed',
      { code: 137, signal: null },
      'killed',
      137,
      'claude was ended by SIGKILL: Boom.',
    ],
    [
      'by SIGSEGV is killed',
      { code: null, signal: 'SIGSEGV' },
      'killed',
      139,
      'claude was ended by SIGSEGV: Boom.',
    ],
    [
      'unseen is interrupted',
      { code: null, signal: null },
      'interrupted',
      null,
      'claude ended while nobody watched it: Boom.',
    ],
  ] as const)('%s', (_, exit, reason, returncode, hint) => {
    expect(exitFailure(exit, '\nBoom.\n', true)).toEqual({ reason, returncode, hint });
    expect(exitFailure(exit, '', true).hint).toBe(hint.replace(': Boom.', ''));
  });

  it('with a message that its session is missing is session_lost', () => {
    const words = 'No conversation found with session ID: 1';
    const failure = exitFailure({ code: 1, signal: null }, `warning\n${words}\n`, false);
    expect(failure).toEqual({ reason: 'session_lost', returncode: 1, hint: `warning ${words}` });
  });

  it('with a message that its session is in use has session_exists', () => {
    const words = 'Error: Session ID 1b671a64-40d5-491e-99b0-da01ff1f3341 is already in use.';
    expect(exitFailure({ code: 1, signal: null }, words, false).session_exists).toBe(true);
    expect(exitFailure({ code: 1, signal: null }, 'Boom.', false).session_exists).toBeUndefined();
  });

  it('before it wrote anything is spawn_error, because its turn has not begun', () => {
    expect(exitFailure({ code: 1, signal: null }, 'Boom.', false)).toEqual({
      ...{ reason: 'spawn_error', returncode: 1 },
      hint: 'claude exited with code 1 before it was ready: Boom.',
    });
  });

  it('has the beginning and the end of its stderr in its hint, in one line', () => {
    const stderr = `Error: not installed.\n${'why\n'.repeat(200)}\u001b[31mlast words`;
    const { hint } = exitFailure({ code: 1, signal: null }, stderr, true);
    expect(hint).toContain(': Error: not installed. why why');
    expect(hint).toMatch(/ … .* why \\u001b\[31mlast words$/);
    expect(hint).not.toMatch(/\p{Cc}/u);
    expect(hint.length).toBeLessThan(400);
  });
});

it('a long stderr is shortened between whole characters', () => {
  const [first, last] = ['a'.repeat(147), 'z'.repeat(147)];
  const stderr = `${first}😀${'m'.repeat(99)}😀${last}`;
  const { hint } = exitFailure({ code: 1, signal: null }, stderr, true);
  expect(hint).toBe(`claude exited with code 1 before its turn was over: ${first} … ${last}`);
});
