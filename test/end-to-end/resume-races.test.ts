import { expect, it } from 'vitest';
import { type Answer, scripted, setStage } from './harness.ts';

const first = scripted({ text: 'The first answer.' });
const second = scripted({ text: 'The second answer.' });
const third = scripted({ text: 'The third answer.' });

it('a worker in a turn is not resumed', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(scripted({ hang: true }));
  await stage.journaled(id, 'TURN_OPENED');
  expect(await session.refusal('resume_worker', { worker_id: id, prompt: second })).toBe(
    `Worker ${id} is running; resume_worker needs a completed or failed worker. Use wait or stop_worker first.`,
  );
});

it('of two follow-ups at the same time exactly one is accepted', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
  const id = await session.spawn(first);
  await session.call('wait');
  await stage.journaled(id, 'EXITED');
  const answers = await Promise.allSettled([
    session.call('resume_worker', { worker_id: id, prompt: second }),
    session.call('resume_worker', { worker_id: id, prompt: third }),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await session.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  expect(stage.api.requests).toHaveLength(2);
  expect((await stage.history(id)).turns).toHaveLength(2);
});

it('a follow-up to a process that is exiting is answered, and sent to the API only once', async () => {
  const stage = await setStage();
  const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
  const id = await session.spawn(first);
  await session.call('wait');
  const texts = ['Two.', 'Three.', 'Four.'];
  for (const text of texts) {
    await session.call('resume_worker', { worker_id: id, prompt: scripted({ text }) });
    expect(await session.call('wait')).toMatchObject({ completed: [{ worker_id: id }] });
  }
  const { turns } = await stage.history(id);
  const results = turns.map(({ result }: Answer) => result);
  expect(results).toEqual(['The first answer.', ...texts]);
  expect(stage.api.requests).toHaveLength(4);
});
