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

/** What is told of the given lines, as one piece of output. */
function told(texts: string[]): WorkerOutput[] {
  const output: WorkerOutput[] = [];
  const messages = foldMessages(worker_id, (fact) => output.push(fact));
  for (const line of linesOf(texts)) messages.tell(line);
  messages.flush();
  return output;
}

const linesOf = (texts: string[]) =>
  texts.map((text, index) => ({ bytes: Buffer.from(text), end: index + 1 }));

/** The same by its definition: all is decoded, and of messages in a row the last one stays. */
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

describe('lines that come in one piece', () => {
  it('are told as if all of them were decoded, with messages in a row told as the last', () => {
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const texts = messages.map((value) => JSON.stringify(value));
        expect(told(texts)).toEqual(expected(texts));
      }),
    );
  });

  it('are not parsed where they are tool results and not the last of their row', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const texts = ['one', 'two', 'three'].map((content) => JSON.stringify(toolResult(content)));
    expect(told(texts)).toMatchObject([{ type: 'MESSAGE_SEEN', brief: 'three', offset: 3 }]);
    expect(parse).toHaveBeenCalledOnce();
    parse.mockRestore();
  });

  it('tell of an echo of a prompt, wherever in its line that is said', () => {
    const late = JSON.stringify(echo('p1'));
    const early = JSON.stringify({ type: 'user', isReplay: true, uuid: 'p2', message: {} });
    expect(told([late, early])).toMatchObject([
      { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
      { type: 'PROMPT_ACCEPTED', prompt_id: 'p2' },
    ]);
  });

  it('are still told of when one of them is torn', () => {
    const whole = JSON.stringify(toolResult('A whole one.'));
    expect(told([whole, whole.slice(0, 30)])).toMatchObject([{ brief: 'A whole one.' }]);
  });
});
