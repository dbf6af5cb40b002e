import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineCap } from '../../../src/files/lines.ts';
import { keepEdited, writeHistory } from '../../../src/history/history.ts';
import { asked, createLife, echo, ended, readHistory, said } from './worker.ts';

const init = { type: 'system', subtype: 'init', model: 'claude-real' };

/** Creates a worker that completes its task in one turn. */
function simpleLife() {
  const life = createLife({ agent_type: 'Plan' });
  life.say(init, echo('p1', 'Do it.'), said('Working.'), ended({ result: 'Done.' }));
  return life;
}

describe('the history of a completed worker', () => {
  it('has every public key, in reading order', async () => {
    const { spec, leave } = simpleLife();
    const paths = await leave();
    await writeHistory(paths);
    const history = await readHistory(paths.history);
    expect(Object.keys(history)).toEqual([
      ...['worker_id', 'description', 'agent_type', 'status', 'result', 'session_id', 'model'],
      ...['total_cost_usd', 'num_turns', 'duration_ms', 'usage', 'options', 'cwd'],
      ...['host', 'state_dir'],
      ...['created_at', 'updated_at', 'turns', 'messages'],
    ]);
    expect(history).toMatchObject({
      ...{ worker_id: spec.worker_id, description: 'A test worker', agent_type: 'Plan' },
      ...{ status: 'completed', result: 'Done.', session_id: spec.session_id },
      ...{ total_cost_usd: 0.5, num_turns: 1, duration_ms: 100, usage: { output_tokens: 3 } },
      ...{ options: spec.options, cwd: spec.cwd, created_at: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('names the model that ran, else the requested model, else null', async () => {
    const ran = await simpleLife().leave();
    await writeHistory(ran);
    expect((await readHistory(ran.history)).model).toBe('claude-real');

    const asked = createLife({ options: { model: 'claude-asked' } });
    asked.happen({ type: 'STOP' });
    const unstarted = await asked.leave();
    await writeHistory(unstarted);
    expect((await readHistory(unstarted.history)).model).toBe('claude-asked');

    const life = createLife();
    life.happen({ type: 'STOP' });
    const never = await life.leave();
    await writeHistory(never);
    expect((await readHistory(never.history)).model).toBeNull();
  });

  it('holds the messages of the user and of claude unchanged, and nothing else', async () => {
    const paths = await simpleLife().leave();
    await writeHistory(paths);
    const { messages } = await readHistory(paths.history);
    expect(messages).toEqual([echo('p1', 'Do it.'), said('Working.')]);
  });

  it('is private, has one message per line, and has the returned hash', async () => {
    const paths = await simpleLife().leave();
    const { sha256 } = await writeHistory(paths);
    const text = await readFile(paths.history, 'utf8');
    expect((await stat(paths.history)).mode & 0o777).toBe(0o600);
    expect(text).toContain(`\n    ${JSON.stringify(said('Working.'))}\n`);
    expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
  });

  it('has the same bytes when it is written again', async () => {
    const paths = await simpleLife().leave();
    const first = await writeHistory(paths);
    expect(await writeHistory(paths)).toEqual(first);
  });

  it('holds a structured output in its turn and at its top', async () => {
    const life = createLife();
    life.say(init, ended({ result: '', structured_output: { answer: 42 } }));
    const paths = await life.leave();
    await writeHistory(paths);
    const history = await readHistory(paths.history);
    expect(history).toMatchObject({ status: 'completed', structured_output: { answer: 42 } });
    expect(history.turns).toMatchObject([{ structured_output: { answer: 42 } }]);
  });

  it('holds a whole result of 3 MB, with any characters', async () => {
    const result = `${'größer 🦀 "\\\n'.repeat(220_000)}`;
    expect(Buffer.byteLength(result)).toBeGreaterThan(3 * 1024 ** 2);
    const life = createLife();
    life.say(init, echo('p1', 'Do it.'), said(result), ended({ result }));
    const paths = await life.leave();
    await writeHistory(paths);
    const history = await readHistory(paths.history);
    expect(history.result === result).toBe(true);
    expect(history.turns[0].result === result).toBe(true);
    expect(history.messages[1].message.content[0].text === result).toBe(true);
  });

  it('ignores lines that are no JSON, and counts lines over the limit', async () => {
    const life = createLife();
    life.say('Debugger attached.', init, echo('p1', 'Do it.'), '{"type":"assistant","mess');
    life.say(ended({ result: 'Done.' }));
    const paths = await life.leave();
    await appendFile(paths.stdout, `${'x'.repeat(lineCap + 1)}\n{"type":"assis`);
    await writeHistory(paths);
    const history = await readHistory(paths.history);
    expect(history).toMatchObject({ result: 'Done.', skipped_lines: 1 });
    expect(history.messages).toEqual([echo('p1', 'Do it.')]);
  });
});

describe('answers that were cut at the limit of output tokens', () => {
  const cut = {
    ...{ type: 'user', isSynthetic: true, uuid: 'cut' },
    message: { role: 'user', content: [{ type: 'text', text: 'Output token limit hit. Go on.' }] },
  };
  const warning = (answers: string) =>
    `${answers} cut at the limit of output tokens; raise options.max_tokens, or ask for smaller parts.`;

  it('make a warning in their turn, and at the top if the turn is the last', async () => {
    const life = createLife();
    life.say(init, echo('p1', 'Do it.'), cut, said('Half.'), cut, ended({ result: 'Done.' }));
    const first = await writeHistory(await life.leave());
    expect(first.warning).toBe(warning('2 answers of this turn were'));

    life.happen({ type: 'RESUME', prompt: { id: 'p2', text: 'And now?' } }, { type: 'SLOT' });
    life.say(init, echo('p2', 'And now?'), ended({ result: 'More.' }));
    const paths = await life.leave();
    expect(await writeHistory(paths)).toEqual({ sha256: expect.any(String) });
    const history = await readHistory(paths.history);
    expect(history).not.toHaveProperty('warning');
    expect(history.turns).toMatchObject([
      { status: 'completed', warning: warning('2 answers of this turn were') },
      { status: 'completed' },
    ]);

    life.happen({ type: 'RESUME', prompt: { id: 'p3', text: 'Once.' } }, { type: 'SLOT' });
    life.say(init, echo('p3', 'Once.'), cut, ended({ subtype: 'error_max_turns' }));
    const last = await life.leave();
    await writeHistory(last);
    expect(await readHistory(last.history)).toMatchObject({
      ...{ reason: 'max_turns', warning: warning('1 answer of this turn was') },
    });
  });

  it('make no warning in a turn that failed because of them', async () => {
    const life = createLife();
    const result = "Claude's response exceeded the 4096 output token maximum.";
    life.say(init, echo('p1', 'Do it.'), cut, ended({ is_error: true, result }));
    const paths = await life.leave();
    expect(await writeHistory(paths)).not.toHaveProperty('warning');
    const { error_hint } = await readHistory(paths.history);
    expect(error_hint).toContain('Raise options.max_tokens');
  });
});

describe('the history of several turns', () => {
  it('holds each prompt with its own result, and the last result at its top', async () => {
    const life = simpleLife();
    life.happen({ type: 'RESUME', prompt: { id: 'p2', text: 'And now?' } });
    life.say(init, echo('p2', 'And now?'), ended({ result: 'More.', total_cost_usd: 0.75 }));
    const paths = await life.leave();
    await writeHistory(paths);
    const history = await readHistory(paths.history);
    expect(history).toMatchObject({ status: 'completed', result: 'More.', num_turns: 2 });
    expect(history.turns).toMatchObject([
      { prompt: 'Do it.', status: 'completed', result: 'Done.', cost_usd: 0.5 },
      { prompt: 'And now?', status: 'completed', result: 'More.', cost_usd: 0.25 },
    ]);
    expect(history.messages).toHaveLength(3);
  });

  it('shows a failed turn as failed after a later turn completed', async () => {
    const life = createLife();
    life.say(init, ended({ is_error: true, api_error_status: 400, result: 'API Error: 400' }));
    life.happen({ type: 'RESUME', prompt: { id: 'p2', text: 'Again.' } });
    life.say(init, echo('p2', 'Again.'), ended({ result: 'Fine.' }));
    const paths = await life.leave();
    await writeHistory(paths);
    const history = await readHistory(paths.history);
    expect(history).toMatchObject({ status: 'completed', result: 'Fine.' });
    expect(history).not.toHaveProperty('reason');
    expect(history.turns).toMatchObject([
      { status: 'failed', reason: 'api_error', error_hint: 'API Error: 400' },
      { status: 'completed', result: 'Fine.' },
    ]);
  });
});

describe('the history of a failed worker', () => {
  it('exists although claude wrote no output', async () => {
    const life = createLife();
    const hint = 'Command not found: claude';
    life.happen({ type: 'START_FAILED', reason: 'claude_not_found', hint, returncode: null });
    const paths = await life.leave({ withStdout: false });
    await writeHistory(paths);
    expect(await readHistory(paths.history)).toMatchObject({
      ...{ status: 'failed', reason: 'claude_not_found', error_hint: hint, result: null },
      ...{ total_cost_usd: 0, num_turns: 0 },
      messages: [{ type: 'user', uuid: 'p1', message: { role: 'user', content: 'Do it.' } }],
      turns: [{ prompt: 'Do it.', status: 'failed', reason: 'claude_not_found', result: null }],
    });
  });

  it('holds the messages before the failure', async () => {
    const life = createLife();
    life.say(init, echo('p1', 'Do it.'), said('Working.'));
    life.happen({ type: 'EXITED', reason: 'killed', hint: 'By SIGKILL', returncode: 137 });
    const paths = await life.leave();
    await writeHistory(paths);
    const history = await readHistory(paths.history);
    expect(history).toMatchObject({ status: 'failed', reason: 'killed', result: null });
    expect(history.messages).toHaveLength(2);
  });

  it('holds the text of the error as its result', async () => {
    const life = createLife();
    life.say(init, ended({ is_error: true, api_error_status: 429, result: 'API Error: 429' }));
    const paths = await life.leave();
    await writeHistory(paths);
    expect(await readHistory(paths.history)).toMatchObject({
      ...{ status: 'failed', reason: 'rate_limited', result: 'API Error: 429' },
    });
  });
});

describe('a prompt that claude never echoed', () => {
  const promptOf = (id: string, content: string) => ({
    ...{ type: 'user', parent_tool_use_id: null, uuid: id },
    message: { role: 'user', content },
  });

  it('is in the history, before the messages of later turns', async () => {
    const life = createLife();
    life.happen({ type: 'EXITED', reason: 'crashed', hint: 'Gone', returncode: 1 });
    life.happen({ type: 'RESUME', prompt: { id: 'p2', text: 'Again.' } }, { type: 'SLOT' });
    life.say(echo('p2', 'Again.'), said('Here.'), ended({ result: 'Here.' }));
    life.happen({ type: 'RESUME', prompt: { id: 'p3', text: 'More.' } }, { type: 'STOP' });
    const paths = await life.leave();
    await writeHistory(paths);
    expect((await readHistory(paths.history)).messages).toEqual([
      ...[promptOf('p1', 'Do it.'), echo('p2', 'Again.'), said('Here.'), promptOf('p3', 'More.')],
    ]);
  });
});

describe('the permissions of a turn', () => {
  it('have the decision, its source and its reason', async () => {
    const life = createLife();
    life.say(init, asked('c1', 'ls'), asked('c2', 'rm x'), asked('c3', 'cat'), asked('c4', 'id'));
    life.answer(0, { allow: true });
    life.answer(0, { allow: false, reason: 'Not that.' });
    life.say({ type: 'control_cancel_request', request_id: 'c3' });
    life.happen({ type: 'EXITED', reason: 'crashed', hint: 'Gone', returncode: 1 });
    const paths = await life.leave();
    await writeHistory(paths);
    const [turn] = (await readHistory(paths.history)).turns;
    const request_id = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const at = expect.stringMatching(/^1970-01-01T00:00:\d\d\.000Z$/);
    const input = (command: string) => ({ request_id, tool: 'Bash', input: { command }, at });
    expect(turn.permissions).toEqual([
      { ...input('ls'), decision: 'allow', by: 'caller' },
      { ...input('rm x'), decision: 'deny', by: 'caller', reason: 'Not that.' },
      { ...input('cat'), decision: 'withdrawn' },
      { ...input('id'), decision: 'unanswered' },
    ]);
  });
});

describe('a history that cannot be written', () => {
  it('because its journal is empty rejects', async () => {
    const paths = await createLife().leave();
    await writeFile(paths.journal, '');
    await expect(writeHistory(paths)).rejects.toThrow('The journal is empty.');
  });

  it('because its stdout is a symbolic link rejects', async () => {
    const paths = await simpleLife().leave();
    await rm(paths.stdout);
    await symlink('/etc/passwd', paths.stdout);
    await expect(writeHistory(paths)).rejects.toMatchObject({ code: 'ELOOP' });
  });
});

describe('an edited history file', () => {
  it('is renamed, and an unchanged one is not', async () => {
    const paths = await simpleLife().leave();
    const { sha256: written } = await writeHistory(paths);
    await keepEdited(paths.history, [written]);
    await appendFile(paths.history, '// mine');
    await keepEdited(paths.history, [written]);
    const names = (await readdir(join(paths.history, '..'))).filter((name) => name.includes('.'));
    expect(names).toEqual([expect.stringMatching(/^worker-.*\.json\.edited-[0-9a-f]{8}$/)]);
    expect(await readFile(join(paths.history, '..', names[0] ?? ''), 'utf8')).toMatch(/mine$/);
  });

  it('may be missing', async () => {
    const paths = await simpleLife().leave();
    await keepEdited(paths.history, []);
  });
});
