import { expect, it } from 'vitest';
import { mermaidOf } from '../../../src/export/mermaid.ts';
import type { Step, WorkerView } from '../../../src/projection/contract.ts';
import { foldAll } from '../../../src/projection/fold.ts';
import { workerSpec } from '../fixtures.ts';
import { createRecorded } from '../journal/actor.ts';

/** Exports a run with a number of messages of one text. */
async function mermaidOfRun(messages: number, brief: string): Promise<string> {
  const input = { spec: workerSpec(), prompt: { id: 'p1', text: 'Do it.' } };
  const recorded = createRecorded({ slots: 1, input });
  recorded.send({ type: 'TURN_OPENED', model: null });
  for (let number = 1; number <= messages; number += 1) {
    recorded.send({ type: 'MESSAGE_SEEN', role: 'assistant', brief, model: null });
  }
  const { fold, steps } = foldAll(recorded.records, 'none');
  if (!fold) throw new Error('There are no records.');
  return mermaidOf(inputOf(fold.view, steps));
}

const inputOf = (worker: WorkerView, steps: Step[]): Parameters<typeof mermaidOf>[0] => ({
  source: {
    title: 'a run',
    snapshot: async () => ({ cursor: null, supervisor: null, workers: [worker], lanes: {} }),
    records: async () => ({ steps }),
    transcript: async () => ({ messages: [], next: 0, is_end: true }),
  },
  workers: [worker],
  charts: () => {
    throw new Error('No chart is needed.');
  },
  ...{ webDir: '', now: () => 0 },
});

it('a long run is cut in its middle, so that Mermaid still draws it', async () => {
  const text = await mermaidOfRun(2_000, 'I am at it.');
  const [, count = ''] =
    /^ {2}Note over caller,claude: (\d+) lines are left out here$/m.exec(text) ?? [];
  expect(Number(count)).toBeGreaterThan(1_700);
  expect(text.length).toBeLessThan(50_000);
  const [, sequence = ''] = /```mermaid\nsequenceDiagram\n(.*?)```/s.exec(text) ?? [];
  const lines = sequence.trimEnd().split('\n');
  expect(lines).toHaveLength(3 + 150 + 1 + 150);
  expect(lines[3]).toBe('  caller->>server: spawn_worker');
});

it('Mermaid reads no text of a worker as a directive, a comment or the end of a line', async () => {
  const text = await mermaidOfRun(1, '%%{init: {"theme": "x"}}%%; end\n```\nparticipant evil');
  const line = text.split('\n').find((one) => one.includes('participant evil'));
  expect(line).toMatch(/^ {2}claude-->>server: [^%{}";`]*(?:#\d+;[^%{}";`]*)+$/);
  expect(text.match(/^```/gm)).toHaveLength(4);
});
