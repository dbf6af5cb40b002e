import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { WorkerContext } from '../../../machines/worker.ts';
import type { Services } from '../../../src/manager/services.ts';
import { lookAtSession } from '../../../src/manager/session.ts';
import type { WorkerActor } from '../../../src/workers/worker-actor.ts';
import { temporaryFolder } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

it('a kept process that ends by itself while its session is read is not waited for', async () => {
  const root = await temporaryFolder();
  const worker_id = '11111111-1111-4111-8111-111111111111';
  const sessions = join(root, '.claude', 'projects', 'a');
  await mkdir(sessions, { recursive: true });
  const message = { type: 'assistant', uuid: 'of somebody else', message: { content: [] } };
  await writeFile(join(sessions, `${worker_id}.jsonl`), `${JSON.stringify(message)}\n`);
  const sent: string[] = [];
  const actor = {
    getSnapshot: () => ({ context: { process: null } }),
    send: ({ type }: { type: string }) => sent.push(type),
  };
  const services = {
    ...{ env: { HOME: root }, config: foldersIn(root) as Services['config'] },
    workers: { onRecord: () => () => {} },
    // The test needs only these two functions of an actor.
    directory: { getOrAdopt: async () => actor as unknown as WorkerActor },
  };
  // The context as it was before the look.
  const context = {
    ...{ spec: { worker_id }, session_id: worker_id, session_begun: true },
    ...{ process: { pid: 1 }, failure: null },
  } as unknown as WorkerContext;
  await expect(lookAtSession(services, context)).resolves.toEqual({ isFound: false });
  expect(sent).toEqual([]);
}, 5_000);
