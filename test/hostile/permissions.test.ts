import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Answer, type Session, untilWritten } from '../end-to-end/harness.ts';
import { scripted } from '../src/stage.ts';
import { asking, ending, openRequests, setHostileStage } from './stage.ts';

const hang = { hang: true };

const approve = (session: Session, request_id: string, allow = true) =>
  session.call('approve_permission', { request_id, allow });

it('a thousand requests at once are all listed, and each gets its own answer', async () => {
  const { session, history } = await setHostileStage();
  const ask = Array.from({ length: 1000 }, (_, index) => ({
    ...{ tool: 'Bash', input: { command: `step ${index}` } },
  }));
  const id = await session.spawn(scripted({ ask }));
  const open = await openRequests(session, 1000);
  expect(new Set(open.map(({ request_id }) => request_id)).size).toBe(1000);
  for (const [index, { request_id }] of open.entries()) {
    await approve(session, request_id, index > 0);
  }
  expect(await session.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  const { turns, messages } = await history(id);
  const decisions = turns[0].permissions.map(({ decision }: Answer) => decision);
  expect(decisions).toEqual(['deny', ...Array(999).fill('allow')]);
  const blocks = messages.flatMap(({ message }: Answer) => message.content);
  expect(blocks.filter(({ is_error }: Answer) => is_error === true)).toHaveLength(1);
});

it('a repeated request id replaces the old request, and an answer to the old request is refused', async () => {
  const { session, state, journaled } = await setHostileStage();
  const gate = { ask: [{ tool: 'Bash', input: { command: 'gate' } }] };
  const id = await session.spawn(
    scripted({ line: asking('twin', 'ls') }, gate, { line: asking('twin', 'rm -rf /') }, hang),
  );
  const [harmless, opener] = await openRequests(session, 2);
  expect(harmless.input).toEqual({ command: 'ls' });
  await approve(session, opener.request_id);
  await journaled(id, 'PERMISSION_ASKED', 3);
  await expect(approve(session, harmless.request_id)).rejects.toThrow(/was withdrawn/);

  const [harmful] = await openRequests(session, 1);
  expect(harmful.input).toEqual({ command: 'rm -rf /' });
  await approve(session, harmful.request_id, false);
  await journaled(id, 'ANSWER_ACKNOWLEDGED', 2);
  const stdout = await untilWritten(join(state, `worker-${id}`, 'stdout.ndjson'));
  expect(answersIn(stdout, 'twin')).toEqual(['deny']);
});

it('a request after the result is listed, and runs only what its answer allows', async () => {
  const { session, state, history, journaled } = await setHostileStage();
  const id = await session.spawn(
    scripted({ line: ending('Early.') }, { line: asking('late', 'rm -rf /') }, { control: 'spy' }),
  );
  const { pending_permissions } = await session.call('wait');
  expect(pending_permissions).toMatchObject([{ worker_id: id, input: { command: 'rm -rf /' } }]);
  await approve(session, pending_permissions[0].request_id, false);
  await journaled(id, 'ANSWER_ACKNOWLEDGED');
  const stdout = await untilWritten(join(state, `worker-${id}`, 'stdout.ndjson'));
  expect(answersIn(stdout, 'late')).toEqual(['deny']);
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
  expect(await history(id)).toMatchObject({ status: 'completed', result: 'Early.' });
});

it('the input of a request is listed with any characters, and half a character as U+FFFD', async () => {
  const { session } = await setHostileStage();
  const command = 'echo "a\u202Eb\u2066c\u001b[31m\u0000\u0007" # \u2028 \ud800 “”';
  await session.spawn(
    scripted({ ask: [{ tool: 'Bash', input: { command, __proto__x: [null] } }] }),
  );
  const [request] = (await session.call('wait')).pending_permissions;
  expect(request.input.command).toBe(command.replace('\ud800', '\ufffd'));
});

/** Returns the answer to a request of the stand-in, which echoes every answer. */
function answersIn(stdout: string, request_id: string): string[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines
    .map((line) => JSON.parse(line))
    .filter(
      ({ type, response }) => type === 'control_response' && response.request_id === request_id,
    )
    .map(({ response }) => response.response.behavior);
}
