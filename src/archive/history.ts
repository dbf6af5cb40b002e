import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { type ConversationPart, conversationPart } from '../claude/conversation.ts';
import { splitLines } from '../claude/lines.ts';
import { codeOf } from '../errors.ts';
import { replay } from '../inspect/replay.ts';
import { replaceFile, unlessMissing } from '../store/files.ts';
import { readJournal } from '../store/journal.ts';
import type { WorkerPaths } from '../store/paths.ts';
import { type HistoryTurn, type Story, storyOf, type TurnEntry } from './turns.ts';

/**
 * Writes a worker's history file from its journal and its stdout, which hold all there is to know.
 * @returns the SHA-256 of what was written, in hex.
 * @throws Error when one of them cannot be read or the file cannot be written.
 */
export async function writeHistory(paths: WorkerPaths): Promise<string> {
  const story = storyOf(replay(await readJournal(paths.journal)));
  const skipped = await addResults(paths.stdout, story.entries);
  const head = headOf(story, skipped);
  const hash = createHash('sha256');
  await replaceFile(paths.history, async (file) => {
    const write = async (text: string) => {
      hash.update(text);
      await file.writeFile(text);
    };
    await write(`${JSON.stringify(head, null, 2).slice(0, -2)},\n  "messages": [`);
    await writeMessages(paths.stdout, write);
    await write(']\n}\n');
  });
  return hash.digest('hex');
}

/** Moves a history file out of the way that is not as it was last written: somebody works in it. */
export async function keepEdited(path: string, expected: string | null): Promise<void> {
  const found = await unlessMissing(hashOf(path));
  if (found === undefined || found === expected) return;
  await rename(path, `${path}.edited-${found.slice(0, 8)}`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of openRead(path)) hash.update(chunk);
  return hash.digest('hex');
}

/** Everything but the messages. */
function headOf({ entries, last }: Story, skipped: number): Record<string, unknown> {
  const { spec, model, totals } = last.snapshot.context;
  const turns = entries.map(({ turn }) => turn);
  const { status, reason, error_hint, result, structured_output } = turns.at(-1) ?? noTurn;
  return {
    worker_id: spec.worker_id,
    description: spec.description,
    agent_type: spec.agent_type,
    status,
    ...(reason === undefined ? {} : { reason, error_hint }),
    result,
    ...(structured_output === undefined ? {} : { structured_output }),
    session_id: spec.session_id,
    model: model ?? spec.options.model,
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

/** Puts the results' texts into their turns; returns how many lines were too long to read. */
async function addResults(stdout: string, entries: TurnEntry[]): Promise<number> {
  let skipped = 0;
  for await (const { part, end } of partsOf(stdout)) {
    if (part === 'skipped') skipped += 1;
    if (part === 'skipped' || part.kind !== 'result') continue;
    const { turn } = entries.find(({ resultOffset }) => resultOffset === end) ?? {};
    if (!turn) continue;
    turn.result = part.result;
    if (part.structured_output !== undefined) turn.structured_output = part.structured_output;
  }
  return skipped;
}

/** One message a line, so that the file can be searched line by line too. */
async function writeMessages(
  stdout: string,
  write: (text: string) => Promise<void>,
): Promise<void> {
  let separator = '\n    ';
  for await (const { part } of partsOf(stdout)) {
    if (part === 'skipped' || part.kind !== 'message') continue;
    await write(separator + JSON.stringify(part.message));
    separator = ',\n    ';
  }
  if (separator.startsWith(',')) await write('\n  ');
}

async function* partsOf(
  path: string,
): AsyncGenerator<{ part: ConversationPart | 'skipped'; end: number }> {
  const splitter = splitLines(0);
  try {
    for await (const chunk of openRead(path)) {
      for (const { bytes, end } of splitter.push(chunk)) {
        const part = bytes ? conversationPart(bytes) : 'skipped';
        if (part) yield { part, end };
      }
    }
  } catch (error) {
    // A worker that never started has no stdout.
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function openRead(path: string): AsyncIterable<Buffer> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  // A number is what fs.open takes; the stream's type asks for its text form only.
  return createReadStream(path, { flags: flags as unknown as string });
}
