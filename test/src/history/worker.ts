import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { WorkerEvent } from '../../../machines/worker.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { decodeLine } from '../../../src/stream-json/decode.ts';
import { temporaryFolder, workerSpec } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';
import { createRecorded } from '../journal/actor.ts';

/** The session of every worker that `createLife` makes. */
const session_id = workerSpec().session_id;

/** The echo of a prompt, which begins a turn. */
export const echo = (uuid: string, content: string) => ({
  ...{ type: 'user', uuid, isReplay: true, message: { role: 'user', content } },
});

export const said = (text: string) => ({
  type: 'assistant',
  message: { role: 'assistant', model: 'claude-real', content: [{ type: 'text', text }] },
});

export const asked = (request_id: string, command = 'ls') => ({
  ...{ type: 'control_request', request_id },
  request: { subtype: 'can_use_tool', tool_name: 'Bash', input: { command } },
});

export const ended = (fields: Record<string, unknown>) => ({
  ...{ type: 'result', subtype: 'success', is_error: false, session_id, num_turns: 1 },
  ...{ duration_ms: 100, total_cost_usd: 0.5, usage: { output_tokens: 3 }, ...fields },
});

/** Creates a worker whose life a test writes: the lines of `claude` and all other events, in order. */
export function createLife(fields: Parameters<typeof workerSpec>[0] = {}) {
  const spec = workerSpec(fields);
  const recorded = createRecorded({ input: { spec, prompt: { id: 'p1', text: 'Do it.' } } });
  let stdout = '';
  let end = 0;
  const say = (...lines: (object | string)[]) => {
    for (const line of lines) {
      const text = typeof line === 'string' ? line : JSON.stringify(line);
      stdout += `${text}\n`;
      end += Buffer.byteLength(text) + 1;
      const fact = decodeLine({ bytes: Buffer.from(text), end }, spec.worker_id);
      recorded.clock.increment(1_000);
      if (fact) recorded.send(fact);
    }
  };
  const happen = (...events: WorkerEvent[]) => {
    for (const event of events) {
      recorded.clock.increment(1_000);
      recorded.send(event);
    }
  };
  /** Answers the nth open request, as approve_permission does. */
  const answer = (index: number, decision: { allow: boolean; reason?: string }) => {
    const { requests } = recorded.actor.getSnapshot().context;
    const request_id = requests[index]?.request_id ?? '';
    happen({ type: 'ANSWER_PERMISSION', answer: { request_id, ...decision }, source: 'caller' });
  };
  /** Writes the worker's files as a server leaves them. */
  const leave = async ({ withStdout = true } = {}) => {
    const paths = workerPaths(foldersIn(await temporaryFolder()), spec.worker_id);
    await mkdir(paths.folder, { recursive: true });
    const journal = recorded.records.map((record) => `${JSON.stringify(record)}\n`).join('');
    await writeFile(paths.journal, journal);
    if (withStdout) await writeFile(paths.stdout, stdout);
    return paths;
  };
  return { spec, say, happen, answer, leave, records: recorded.records };
}

/** Reads a history file. */
// biome-ignore lint/suspicious/noExplicitAny: tests read a history as users do, by name
export async function readHistory(path: string): Promise<any> {
  return JSON.parse(await readFile(path, 'utf8'));
}
