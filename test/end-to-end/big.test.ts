import { expect, it } from 'vitest';
import { conversationOf, scripted, setStage } from './harness.ts';

const twoMegabytes = 2 * 1024 ** 2;
const threeMegabytes = 3 * 1024 ** 2;

it('a prompt of 2 MB and a result of 3 MB arrive complete, and the answer of wait stays small', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const filler = 'A line of the long prompt, sixty-four bytes with its line break.\n'.repeat(
    twoMegabytes / 64,
  );
  const prompt = `${filler}${scripted({ bytes: threeMegabytes })}`;
  expect(Buffer.byteLength(prompt)).toBeGreaterThan(twoMegabytes);
  const id = await session.spawn(prompt);
  const answer = await session.call('wait');
  expect(answer).toMatchObject({ completed: [{ worker_id: id }] });
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(1024);

  expect(conversationOf(stage.api.requests[0])).toEqual([`user: ${prompt}`]);
  const { result, turns, messages } = await stage.history(id);
  expect(Buffer.byteLength(result)).toBe(threeMegabytes);
  expect(turns[0].prompt).toBe(prompt);
  expect(messages.at(-1).message.content[0].text).toBe(result);
});
