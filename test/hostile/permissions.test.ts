import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Answer } from '../end-to-end/harness.ts';
import { acts, asked, setHostileStage } from './stage.ts';

const commandsOf = ({ pending_permissions }: Answer): string[] =>
  pending_permissions.map(({ input }: Answer) => input.command);

it('a thousand requests at once are all shown, each is answered by its own name, and none by another’s', async () => {
  const { stage, session } = await setHostileStage();
  const count = 1_000;
  const ask = Array.from({ length: count }, (_, index) => ({
    ...{ tool: 'Bash', input: { command: `echo ${index}` } },
  }));
  const id = await session.spawn(acts({ ask }));
  await stage.journaled(id, 'PERMISSION_ASKED', count);
  const shown = (await session.call('wait')).pending_permissions;
  expect(shown.map(({ input }: Answer) => input.command)).toEqual(
    ask.map(({ input }) => input.command),
  );
  // One in ten is allowed.
  const isAllowed = (index: number) => index % 10 === 3;
  for (const [index, { request_id }] of shown.entries()) {
    await session.call('approve_permission', { request_id, allow: isAllowed(index) });
  }
  expect((await session.call('wait')).completed).toHaveLength(1);
  const { messages, turns } = await stage.history(id);
  const results = messages
    .flatMap(({ message }: Answer) => message.content)
    .filter(({ type }: Answer) => type === 'tool_result');
  expect(results).toHaveLength(count);
  for (const [index, { is_error, content }] of results.entries()) {
    expect(is_error).toBe(!isAllowed(index));
    if (!is_error) expect(JSON.parse(content).command).toBe(`echo ${index}`);
  }
  expect(turns[0].permissions).toHaveLength(count);
});

it('a request under an id that is open already takes its place, and an answer to the former is refused', async () => {
  const { stage, session } = await setHostileStage();
  const id = await session.spawn(
    acts({ line: asked('same', 'echo harmless') }, { line: '\n' }, { hang: true }),
  );
  const first = await session.call('wait');
  expect(commandsOf(first)).toEqual(['echo harmless']);
  const [{ request_id }] = first.pending_permissions;
  const stdout = join(stage.logs, `worker-${id}`, 'stdout.ndjson');
  await appendFile(stdout, `${JSON.stringify(asked('same', 'rm -rf /'))}\n`);
  await stage.journaled(id, 'PERMISSION_ASKED', 2);
  const refusal = await session.refusal('approve_permission', { request_id, allow: true });
  expect(refusal).toContain('was withdrawn');
  const second = await session.call('wait');
  expect(commandsOf(second)).toEqual(['rm -rf /']);
  expect(second.pending_permissions[0].request_id).not.toBe(request_id);
  const events = (await stage.journal(id)).map(({ event }) => event.type);
  expect(events).not.toContain('ANSWER_PERMISSION');
});

it('a request that comes after the result is denied at once, and shown to nobody', async () => {
  const { stage, session } = await setHostileStage();
  const late = `${JSON.stringify(asked('late', 'echo late'))}\n`;
  const id = await session.spawn(acts({ say: 'Done.' }));
  expect((await session.call('wait')).completed).toHaveLength(1);
  const stdout = join(stage.logs, `worker-${id}`, 'stdout.ndjson');
  await appendFile(stdout, late);
  await stage.journaled(id, 'ANSWER_ACKNOWLEDGED');
  expect((await session.call('wait')).pending_permissions).toEqual([]);
  const answer = (await readFile(stdout, 'utf8')).split('\n').at(-2) ?? '';
  expect(JSON.parse(answer).response).toMatchObject({
    request_id: 'late',
    response: { behavior: 'deny' },
  });
});

it('the input of a request is shown as it is, whatever characters are in it', async () => {
  const { session } = await setHostileStage();
  const command = 'echo "a\u202Eb\u2066c\u001b[31m\u0000\u0007" # \u2028 \ud800 “”';
  await session.spawn(acts({ ask: [{ tool: 'Bash', input: { command, __proto__x: [null] } }] }));
  const [request] = (await session.call('wait')).pending_permissions;
  expect(request.input.command).toBe(command);
});
