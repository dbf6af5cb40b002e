import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, scripted, setStage } from './harness.ts';

const tool = (name: string, input: Record<string, unknown>) => ({ tools: [{ name, input }] });
const question = {
  question: 'Which?',
  header: 'Which',
  multiSelect: false,
  options: ['A', 'B'].map((label) => ({ label, description: label })),
};

it('a worker in the mode dontAsk asks for nothing, whatever it tries', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const id = await session.spawn(
    scripted(
      bash('touch made'),
      tool('Write', { file_path: join(stage.project, 'a.txt'), content: 'x' }),
      tool('WebFetch', { url: 'http://127.0.0.1:9/', prompt: 'What is it?' }),
      tool('EnterPlanMode', {}),
      tool('ExitPlanMode', { plan: 'Do it.' }),
      tool('AskUserQuestion', { questions: [question] }),
      { text: 'Done.' },
    ),
    { permission_mode: 'dontAsk' },
  );
  const { pending_permissions, completed } = await session.call('wait');
  expect(pending_permissions).toEqual([]);
  expect(completed).toMatchObject([{ worker_id: id }]);
  const { turns } = await stage.history(id);
  expect(turns[0].permissions).toEqual([]);
});
