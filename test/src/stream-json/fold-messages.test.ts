import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { WorkerOutput } from '../../../machines/worker.ts';
import { decodeLine } from '../../../src/stream-json/decode.ts';
import { foldMessages } from '../../../src/stream-json/fold-messages.ts';
import { workerId } from '../fixtures.ts';

const worker_id = workerId();

const assistant = (content: string, model?: string) => ({
  ...{ type: 'assistant', message: { role: 'assistant', content, model } },
});
const toolResult = (content: string) => ({ type: 'user', message: { role: 'user', content } });
const echo = (uuid: string) => ({ ...toolResult('A prompt.'), uuid, isReplay: true });
const init = (model: string) => ({ type: 'system', subtype: 'init', model });

/** Returns the events of the given lines, read as one piece of output. */
function fold(texts: string[]): WorkerOutput[] {
  const output: WorkerOutput[] = [];
  const messages = foldMessages(worker_id, (fact) => output.push(fact));
  for (const line of linesOf(texts)) messages.push(line);
  messages.flush();
  return output;
}

const linesOf = (texts: string[]) =>
  texts.map((text, index) => ({ bytes: Buffer.from(text), end: index + 1 }));

/** Returns the events by their definition: decodes every line, and keeps the last of consecutive messages. */
function expected(texts: string[]): WorkerOutput[] {
  const output: WorkerOutput[] = [];
  for (const line of linesOf(texts)) {
    const fact = decodeLine(line, worker_id);
    const last = output.at(-1);
    if (!fact) continue;
    if (fact.type === 'MESSAGE_SEEN' && last?.type === 'MESSAGE_SEEN') {
      output.splice(-1, 1, { ...fact, model: fact.model ?? last.model });
    } else output.push(fact);
  }
  return output;
}

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('"isReplay":true', '{"type":"user",', '\\', '}'),
);
const message = fc.oneof(
  { weight: 4, arbitrary: text.map(toolResult) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(text, fc.constantFrom('one', 'two', undefined))
      .map(([a, b]) => assistant(a, b)),
  },
  text.map(echo),
  text.map(init),
  fc.constant({ type: 'stream_event' }),
);

describe('lines in one piece of output', () => {
  it('give the events of all lines, with one event for consecutive messages', () => {
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const texts = messages.map((value) => JSON.stringify(value));
        expect(fold(texts)).toEqual(expected(texts));
      }),
    );
  });

  it('are not parsed if they are tool results before another message', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const texts = ['one', 'two', 'three'].map((content) => JSON.stringify(toolResult(content)));
    expect(fold(texts)).toMatchObject([{ type: 'MESSAGE_SEEN', brief: 'three', offset: 3 }]);
    expect(parse).toHaveBeenCalledOnce();
    parse.mockRestore();
  });

  it('report the echo of a prompt, wherever in the line its mark is', () => {
    const late = JSON.stringify(echo('p1'));
    const early = JSON.stringify({ type: 'user', isReplay: true, uuid: 'p2', message: {} });
    expect(fold([late, early])).toMatchObject([
      { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
      { type: 'PROMPT_ACCEPTED', prompt_id: 'p2' },
    ]);
  });

  it('report that the session has entered a worktree, between other messages', () => {
    const entered = {
      ...toolResult('Created.'),
      tool_use_result: { worktreePath: '/tree', worktreeBranch: 'tree' },
    };
    const texts = [toolResult('one'), entered, toolResult('two')].map((line) =>
      JSON.stringify(line),
    );
    expect(fold(texts)).toMatchObject([
      { brief: 'one' },
      { type: 'SET_UP_CHANGED', worktree: '/tree' },
      { brief: 'two' },
    ]);
  });

  it('still give the event of a whole message when the next line is torn', () => {
    const whole = JSON.stringify(toolResult('A whole one.'));
    expect(fold([whole, whole.slice(0, 30)])).toMatchObject([{ brief: 'A whole one.' }]);
  });
});
