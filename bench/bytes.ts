import { createCaller } from '../demo/caller.ts';
import { type Ending, readEndings } from '../demo/outcome.ts';
import { rules } from '../demo/rules.ts';
import { parts } from '../demo/scenario.ts';
import { playStory } from '../demo/story.ts';
import { formatSaved } from '../demo/table.ts';
import type { WaitResult } from '../src/manager/wait-result.ts';
import { spreadOf } from './harness.ts';
import type { Measurement, Report } from './measurement.ts';
import { onStage } from './on-stage.ts';

/** The limits of a settled worker in the answer of `wait`: bytes, and percent of its conversation. */
const [mostBytes, mostPercent] = [300, 1];

/** Compares the bytes that the caller gets with the bytes that the workers of the demo wrote. */
export const bytes: Measurement = {
  name: 'bytes',
  run() {
    const options = { rules, args: ['--max-workers', String(parts.length)] };
    return onStage(options, async ({ client, project }) => {
      const answers: WaitResult[] = [];
      const onAnswer = (tool: string, answer: object) => {
        // The answer of `wait` has the type of the manager's method.
        if (tool === 'wait') answers.push(answer as WaitResult);
      };
      const caller = createCaller(client, { onAnswer });
      const players = await playStory(caller, parts, new AbortController().signal);
      const endings = await readEndings(players, caller, project);
      return report(answers, endings, caller.bytes);
    });
  },
};

function report(answers: WaitResult[], endings: Ending[], allBytes: number): Report {
  const settled = spreadOf(
    answers.flatMap((answer) => costs(answer, [...answer.completed, ...answer.failed])),
  );
  const asked = spreadOf(answers.flatMap((answer) => costs(answer, answer.pending_permissions)));
  const files = endings.map(({ bytesOfConversation }) => bytesOfConversation);
  const waits = sum(answers.map(sizeOf));
  const texts = sum(endings.map(({ history }) => textBytes(history.messages)));
  return {
    title: 'Bytes for the caller, over the workers of the demo',
    rows: [
      { what: 'wait, a settled worker', unit: 'bytes', spread: settled, digits: 0 },
      {
        what: 'wait, a permission request with its input',
        unit: 'bytes',
        spread: asked,
        digits: 0,
      },
      { what: 'conversation file of a worker', unit: 'bytes', spread: spreadOf(files), digits: 0 },
      { what: 'wait, all its answers', unit: 'bytes', spread: spreadOf([waits]), digits: 0 },
      { what: 'all answers of all tools', unit: 'bytes', spread: spreadOf([allBytes]), digits: 0 },
      { what: 'all conversation files', unit: 'bytes', spread: spreadOf([sum(files)]), digits: 0 },
    ],
    goals: [
      {
        what: 'wait, for a settled worker',
        against: 'nothing: bytes',
        found: settled.median,
        unit: 'bytes',
        atMost: mostBytes,
      },
      {
        what: 'all answers of wait',
        against: 'the conversations of the workers',
        found: (waits / sum(files)) * 100,
        unit: '%',
        atMost: mostPercent,
      },
    ],
    notes: [
      `All answers of all tools: ${formatSaved(allBytes, sum(files))} less than the files, ${formatSaved(allBytes, texts)} less than the texts in them alone (prompts, answers, tool calls, results).`,
      'Real claude. A settled worker is its row and its share of the frame; only structuredContent is counted, as Claude Code shows its model nothing else. The largest is a failed one’s, with its hint.',
    ],
  };
}

/** Returns the bytes of each row of an answer, with an equal share of the bytes around the rows. */
function costs(answer: WaitResult, rows: object[]): number[] {
  const all = [...answer.completed, ...answer.failed, ...answer.pending_permissions];
  const frame = sizeOf(answer) - sum(all.map(sizeOf));
  return rows.map((row) => sizeOf(row) + frame / all.length);
}

function textBytes(messages: Ending['history']['messages']): number {
  return sum(messages.map(({ message: { content } }) => textOf(content)).map(sizeOf));
}

/** Returns the texts of a message without its structure. */
function textOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.map((block) => block.text ?? block.input ?? block.content);
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
