import { type FileHandle, open, rename } from 'node:fs/promises';
import type { WorkerPaths } from '../files/paths.ts';
import { readFlags, replaceFile, unlessMissing } from '../files/private-files.ts';
import { readJournal } from '../journal/journal.ts';
import { replay } from '../journal/replay.ts';
import type { ConversationPart } from '../stream-json/conversation.ts';
import { createCutCount } from './cuts.ts';
import { createDraft } from './hashed-file.ts';
import { hashOf, partsOf } from './read-parts.ts';
import { type HistoryTurn, type Story, storyOf, type TurnEntry } from './turns.ts';

/**
 * Writes a worker's history file from its journal and its stdout, which hold all there is to know.
 * @param drafted Told the SHA-256, in hex, of what is written but has not taken its place yet.
 * @returns that SHA-256, and the warning of the last turn.
 * @throws Error when one of them cannot be read or the file cannot be written.
 */
export async function writeHistory(
  paths: WorkerPaths,
  drafted: (sha256: string) => Promise<void> = async () => {},
): Promise<WrittenHistory> {
  const story = storyOf(replay(await readJournal(paths.journal)));
  // A worker that never started has no stdout.
  const stdout = await unlessMissing(open(paths.stdout, readFlags));
  try {
    return await writeFrom(story, stdout, paths.history, drafted);
  } finally {
    await stdout?.close();
  }
}

/** A history file that has taken its place. */
export interface WrittenHistory {
  sha256: string;
  warning?: string;
}

async function writeFrom(
  story: Story,
  stdout: FileHandle | undefined,
  history: string,
  drafted: (sha256: string) => Promise<void>,
): Promise<WrittenHistory> {
  const { skipped, echoed } = await readOutput(stdout, story.entries);
  const silent = story.entries.filter(({ prompt_id }) => !echoed.has(prompt_id));
  const head = headOf(story, skipped);
  let sha256 = '';
  await replaceFile(history, async (file) => {
    const draft = createDraft(file);
    await draft.write(`${JSON.stringify(head, null, 2).slice(0, -2)},\n  "messages": [`);
    await writeMessages(stdout, silent, draft.write);
    await draft.write(']\n}\n');
    sha256 = await draft.finish();
    await drafted(sha256);
  });
  const warning = story.entries.at(-1)?.turn.warning;
  return { sha256, ...(warning === undefined ? {} : { warning }) };
}

/** Moves a history file out of the way that is not as it was last written: somebody works in it. */
export async function keepEdited(path: string, expected: string[]): Promise<void> {
  const file = await unlessMissing(open(path, readFlags));
  const found = file && (await hashOf(file).finally(() => file.close()));
  if (found === undefined || expected.includes(found)) return;
  await rename(path, `${path}.edited-${found.slice(0, 8)}`);
}

/** Everything but the messages. */
function headOf({ entries, last }: Story, skipped: number): Record<string, unknown> {
  const { spec, model, totals } = last.snapshot.context;
  const turns = entries.map(({ turn }) => turn);
  const { status, reason, error_hint, warning, result, structured_output } = turns.at(-1) ?? noTurn;
  return {
    worker_id: spec.worker_id,
    description: spec.description,
    agent_type: spec.agent_type,
    status,
    ...(reason === undefined ? {} : { reason, error_hint }),
    ...(warning === undefined ? {} : { warning }),
    result,
    ...(structured_output === undefined ? {} : { structured_output }),
    session_id: spec.session_id,
    model: model ?? spec.options.model ?? null,
    total_cost_usd: totals.cost_usd,
    num_turns: totals.num_turns,
    duration_ms: totals.duration_ms,
    usage: totals.usage,
    options: spec.options,
    cwd: spec.cwd,
    created_at: turns[0]?.started_at,
    updated_at: new Date(last.record.t).toISOString(),
    ...(skipped > 0 ? { skipped_lines: skipped } : {}),
    turns,
  };
}

const noTurn: Partial<HistoryTurn> = {};

/** Puts the results' texts and warnings into their turns, and finds out which prompts claude echoed. */
async function readOutput(
  stdout: FileHandle | undefined,
  entries: TurnEntry[],
): Promise<{ skipped: number; echoed: Set<unknown> }> {
  let skipped = 0;
  const echoed = new Set<unknown>();
  const cuts = createCutCount(entries);
  for await (const { part, end } of partsOf(stdout)) {
    if (part === 'skipped') skipped += 1;
    else if (part.kind === 'message') {
      echoed.add(part.message.uuid);
      cuts.note(part.message, end);
    } else addResult(entries.find(({ resultOffset }) => resultOffset === end)?.turn, part);
  }
  cuts.warn();
  return { skipped, echoed };
}

function addResult(
  turn: HistoryTurn | undefined,
  { result, structured_output }: Extract<ConversationPart, { kind: 'result' }>,
): void {
  if (!turn) return;
  turn.result = result;
  if (structured_output !== undefined) turn.structured_output = structured_output;
}

/**
 * One message a line, so that the file can be searched line by line too. claude echoes a prompt with
 * its first output only, so the prompt of a turn that ended before that is put in its place.
 */
async function writeMessages(
  stdout: FileHandle | undefined,
  silent: TurnEntry[],
  write: (text: string) => Promise<void>,
): Promise<void> {
  let separator = '\n    ';
  const writeMessage = async (message: Record<string, unknown>) => {
    await write(separator + JSON.stringify(message));
    separator = ',\n    ';
  };
  let next = 0;
  const writePromptsUpTo = async (offset: number) => {
    for (; next < silent.length; next += 1) {
      const entry = silent[next];
      if (!entry || entry.startOffset >= offset) return;
      const message = { role: 'user', content: entry.turn.prompt };
      const uuid = entry.prompt_id;
      await writeMessage({ type: 'user', message, parent_tool_use_id: null, uuid });
    }
  };
  for await (const { part, end } of partsOf(stdout)) {
    await writePromptsUpTo(end);
    if (part !== 'skipped' && part.kind === 'message') await writeMessage(part.message);
  }
  await writePromptsUpTo(Number.POSITIVE_INFINITY);
  if (separator.startsWith(',')) await write('\n  ');
}
