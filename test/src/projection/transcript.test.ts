import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTranscript } from '../../../src/projection/transcript.ts';
import { temporaryFolder } from '../fixtures.ts';

const message = (text: string) => ({
  type: 'assistant',
  message: { role: 'assistant', content: text },
});

async function stdoutOf(...lines: (object | string)[]): Promise<string> {
  const path = join(await temporaryFolder(), 'stdout.ndjson');
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  await writeFile(path, texts.join('\n'));
  return path;
}

it('a transcript has the messages of stdout, each with its end', async () => {
  const path = await stdoutOf(message('One.'), { type: 'system' }, 'no JSON', message('Two.'), '');
  const { messages, next, is_end } = await readTranscript(path, 0);
  expect(messages.map(({ message }) => message)).toEqual([message('One.'), message('Two.')]);
  expect(messages.at(-1)?.offset).toBe(next);
  expect(is_end).toBe(true);
  expect(await readTranscript(path, messages[0]?.offset ?? 0)).toEqual({
    ...{ messages: messages.slice(1), next, is_end: true },
  });
  expect(await readTranscript(path, next)).toEqual({ messages: [], next, is_end: true });
});

it('a line that is not complete is read when it is', async () => {
  const whole = `${JSON.stringify(message('One.'))}\n`;
  const path = await stdoutOf(`${whole}{"type":"assis`);
  expect(await readTranscript(path, 0)).toMatchObject({ next: whole.length, is_end: true });
});

it('a long transcript comes in parts that add up to the whole', async () => {
  const texts = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(10_000)}`);
  const path = await stdoutOf(...texts.map(message), '');
  const told: unknown[] = [];
  let parts = 0;
  for (let from = 0, isEnd = false; !isEnd; parts += 1) {
    const { messages, next, is_end } = await readTranscript(path, from);
    told.push(...messages.map(({ message }) => message));
    [from, isEnd] = [next, is_end];
  }
  expect(told).toEqual(texts.map(message));
  expect(parts).toBeGreaterThan(2);
});

it('a line that is longer than a part comes whole', async () => {
  const path = await stdoutOf(message('x'.repeat(3 * 1024 ** 2)), '');
  expect((await readTranscript(path, 0)).messages).toHaveLength(1);
});

it('a key in a transcript is hidden', async () => {
  const path = await stdoutOf(message(`It is sk-ant-api03-${'x'.repeat(40)}.`), '');
  const { messages } = await readTranscript(path, 0);
  expect(messages.map((one) => one.message)).toEqual([message('It is sk-a[hidden].')]);
});

it.each([
  ['emptied', ''],
  ['replaced by a longer file', `${JSON.stringify(message('x'.repeat(500)))}\n`],
])('a file that was %s is read from its new beginning', async (_, before) => {
  const path = await stdoutOf(message('One.'), message('Two.'), '');
  const { next } = await readTranscript(path, 0);
  await writeFile(path, before);
  await readTranscript(path, next);
  await writeFile(path, `${before}${JSON.stringify(message('Three.'))}\n`);
  const { messages } = await readTranscript(path, next);
  expect(messages.at(-1)?.message).toEqual(message('Three.'));
});
