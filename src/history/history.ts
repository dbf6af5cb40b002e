import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { WorkerPaths } from '../files/paths.ts';
import { readFlags, replaceFile, unlessMissing } from '../files/private-files.ts';
import { readJournal } from '../journal/journal.ts';
import { replay } from '../journal/replay.ts';
import type { ConversationPart } from '../stream-json/conversation.ts';
import { partsOf } from '../stream-json/read-parts.ts';
import { createWorkCounter, type TurnWork } from '../stream-json/turn-work.ts';
import { beginningOf } from '../text/cut.ts';
import { createCutCounter } from './cuts.ts';
import { createHashedFile, hashOf } from './hashed-file.ts';
import { type HistoryFile, messagesOf, readHistoryFile } from './history-file.ts';
import { warnOfLoss } from './lost-lines.ts';
import { type HistoryTurn, readTurns, type TurnEntry, type WorkerTurns } from './turns.ts';

/**
 * Writes a worker's history file from its journal and its stdout; no other file is needed.
 * @param onDraft Called with the SHA-256, in hex, when the temporary file is complete. The file
 *   gets its name after this.
 * @returns The SHA-256, and the warning of the last turn.
 * @throws Error when the journal or stdout cannot be read, or the file cannot be written.
 */
export async function writeHistory(
  paths: WorkerPaths,
  onDraft: (sha256: string) => Promise<void> = async () => {},
): Promise<WrittenHistory> {
  const turns = readTurns(replay(await readJournal(paths.journal)));
  const { worker_id } = turns.last.snapshot.context.spec;
  const imported = await readHistoryFile(paths.imported, worker_id);
  const stdout = await openOutput(paths.stdout);
  try {
    return await writeFile({ turns, imported, stdout }, paths, onDraft);
  } finally {
    await stdout?.close();
  }
}

/** Opens the stdout of a worker. A worker that never started has none, and another program may have put something else in its place. */
async function openOutput(path: string): Promise<FileHandle | undefined> {
  const isFile = (await unlessMissing(stat(path)))?.isFile() === true;
  return isFile ? open(path, readFlags) : undefined;
}

export interface WrittenHistory {
  sha256: string;
  warning?: string;
}

/** What a history file is written from. */
interface Sources {
  turns: WorkerTurns;
  /** The history of an imported worker up to the import. */
  imported: HistoryFile | undefined;
  stdout: FileHandle | undefined;
}

async function writeFile(
  { turns, imported, stdout }: Sources,
  paths: WorkerPaths,
  onDraft: (sha256: string) => Promise<void>,
): Promise<WrittenHistory> {
  const { skipped, echoed } = await readOutput(stdout, turns.entries);
  const unechoed = turns.entries.filter(
    ({ turn, prompt_id }) => turn.prompt !== null && !echoed.has(prompt_id),
  );
  const head = headOf(turns, paths, { skipped, imported });
  let sha256 = '';
  await replaceFile(paths.history, async (file) => {
    const draft = createHashedFile(file);
    await draft.write(`${JSON.stringify(head, null, 2).slice(0, -2)},\n  "messages": [`);
    const begins = imported && (await copyMessages(imported, paths.imported, draft.write));
    await writeMessages(stdout, { unechoed, begins: begins === true }, draft.write);
    await draft.write(']\n}\n');
    sha256 = await draft.finish();
    await onDraft(sha256);
  });
  const warning = turns.entries.at(-1)?.turn.warning;
  return { sha256, ...(warning === undefined ? {} : { warning }) };
}

/**
 * Renames a history file that a user has edited, so that the next write does not replace it.
 * @param expected Hashes of all files that a server wrote.
 */
export async function keepEdited(path: string, expected: string[]): Promise<void> {
  const file = await unlessMissing(open(path, readFlags));
  const found = file && (await hashOf(file).finally(() => file.close()));
  if (found === undefined || expected.includes(found)) return;
  await rename(path, `${path}.edited-${beginningOf(found, 8)}`);
}

/** Builds all keys except `messages`. */
function headOf(
  { entries, last }: WorkerTurns,
  { folder }: WorkerPaths,
  { skipped, imported }: { skipped: number; imported: HistoryFile | undefined },
): Record<string, unknown> {
  const { spec, session_id, model, totals } = last.snapshot.context;
  // The turns of an imported history have the shape that its program wrote.
  const turns = [
    ...((imported?.head.turns ?? []) as unknown[] as HistoryTurn[]),
    ...entries.map(({ turn }) => turn),
  ];
  const { status, reason, error_hint, warning } = turns.at(-1) ?? noTurn;
  // A turn that claude opens by itself may have nothing to say.
  const { result = null, structured_output } =
    turns.findLast((turn) => turn.prompt !== null || hasResult(turn)) ?? noTurn;
  return {
    worker_id: spec.worker_id,
    description: spec.description,
    agent_type: spec.agent_type,
    status,
    ...(reason === undefined ? {} : { reason, error_hint }),
    ...(warning === undefined ? {} : { warning }),
    result,
    ...(structured_output === undefined ? {} : { structured_output }),
    session_id,
    model: model ?? spec.options.model ?? null,
    total_cost_usd: totals.cost_usd,
    num_turns: totals.num_turns,
    duration_ms: totals.duration_ms,
    usage: totals.usage,
    options: spec.options,
    cwd: spec.cwd,
    host: hostname(),
    state_dir: folder,
    created_at: turns[0]?.started_at,
    updated_at: new Date(last.record.t).toISOString(),
    ...(skipped > 0 ? { skipped_lines: skipped } : {}),
    turns,
  };
}

const hasResult = ({ result, structured_output }: HistoryTurn): boolean =>
  (result ?? '') !== '' || structured_output !== undefined;

const noTurn: Partial<HistoryTurn> = {};

/** Adds results and warnings to their turns, and collects the ids of all echoed messages. */
async function readOutput(
  stdout: FileHandle | undefined,
  entries: TurnEntry[],
): Promise<{ skipped: number; echoed: Set<unknown> }> {
  let skipped = 0;
  const echoed = new Set<unknown>();
  const cuts = createCutCounter(entries);
  const found = new Set<TurnEntry>();
  const turn = createWorkCounter();
  for await (const { part, end } of partsOf(stdout)) {
    if (part === 'skipped') {
      skipped += 1;
      continue;
    }
    turn.count(part);
    if (part.kind === 'message') {
      echoed.add(part.message.uuid);
      cuts.count(part.message, end);
    } else {
      const entry = entries.find(({ resultOffset }) => resultOffset === end);
      if (!entry) continue;
      found.add(entry);
      addResult(entry.turn, part, turn.work);
    }
  }
  cuts.warn();
  const size = stdout ? (await stdout.stat()).size : 0;
  for (const entry of entries) warnOfLoss(entry, size, found.has(entry));
  return { skipped, echoed };
}

/** Adds the result of a turn: of a turn that ended well without a text, the last text before. */
function addResult(
  turn: HistoryTurn,
  { result, structured_output }: Extract<ConversationPart, { kind: 'result' }>,
  { text }: TurnWork,
): void {
  turn.result = result;
  if (structured_output !== undefined) turn.structured_output = structured_output;
  const isEmpty = result?.trim() === '' && structured_output === undefined;
  if (turn.status !== 'completed' || !isEmpty || text === null) return;
  turn.result = text;
  turn.warning = 'The last message of the turn was empty; the result is the last text before it.';
}

/** Copies the messages of an imported history; returns true if there are any. */
async function copyMessages(
  imported: HistoryFile,
  path: string,
  write: (text: string) => Promise<void>,
): Promise<boolean> {
  let isAny = false;
  for await (const piece of messagesOf(path, imported)) {
    await write(piece);
    isAny = true;
  }
  return isAny;
}

/**
 * Writes one message per line, so that `grep` works on the file too. `claude` echoes a prompt with its
 * first output. If a turn ends before any output, its prompt is added here.
 */
async function writeMessages(
  stdout: FileHandle | undefined,
  { unechoed, begins }: { unechoed: TurnEntry[]; begins: boolean },
  write: (text: string) => Promise<void>,
): Promise<void> {
  let separator = begins ? ',\n    ' : '\n    ';
  const writeMessage = async (message: Record<string, unknown>) => {
    await write(separator + JSON.stringify(message));
    separator = ',\n    ';
  };
  let next = 0;
  const writePromptsUpTo = async (offset: number) => {
    for (; next < unechoed.length; next += 1) {
      const entry = unechoed[next];
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
