import type { PermissionAnswer, PermissionRequest } from '../../machines/worker.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { Step } from '../projection/contract.ts';
import { visible } from '../stream-json/message.ts';
import { cut } from '../text/cut.ts';
import type { ExportInput } from './input.ts';

/** Exports Markdown with two Mermaid diagrams: the messages, and the way through the states. */
export async function mermaidOf({ source, workers: [worker] }: ExportInput): Promise<string> {
  const { steps } = await source.records(worker.worker_id);
  return [
    `# ${visible(worker.description)}`,
    '',
    ...fenced(sequenceOf(steps)),
    '',
    ...fenced(statesOf(steps)),
    '',
  ].join('\n');
}

const fenced = (lines: string[]): string[] => ['```mermaid', ...lines, '```'];

function sequenceOf(steps: Step[]): string[] {
  const lines = steps.flatMap(({ record }) => [...drawEvent(record), ...drawMove(record)]);
  return [
    'sequenceDiagram',
    ...['  participant caller', '  participant server', '  participant claude'],
    ...shortened(lines).map((line) => `  ${line}`),
  ];
}

/** Mermaid draws no diagram of more than 50,000 characters. */
const mostLines = 300;

/** Returns the beginning and the end of a long run, with a note between them. */
function shortened(lines: string[]): string[] {
  const hidden = lines.length - mostLines;
  if (hidden <= 0) return lines;
  const note = `Note over caller,claude: ${hidden} lines are left out here`;
  return [...lines.slice(0, mostLines / 2), note, ...lines.slice(-mostLines / 2)];
}

/** Draws an event as a message between two participants; draws no internal event. */
function drawEvent({ event, dropped }: JournalRecord): string[] {
  if (dropped) return [`Note over server: ${shown(`${event.type} was dropped`)}`];
  const draw = messages[event.type];
  return draw ? [draw(event)] : [];
}

type Draw = (event: JournalRecord['event']) => string;

const from =
  (arrow: string, words: string | Draw): Draw =>
  (event) =>
    `${arrow}: ${shown(typeof words === 'string' ? words : words(event))}`;

// See WorkerEvent for the fields of the events.
const messages: Record<string, Draw> = {
  SPAWNED: from('caller->>server', 'spawn_worker'),
  RESUME: from('caller->>server', 'resume_worker'),
  STOP: from('caller->>server', 'stop_worker'),
  PROCESS_STARTED: from('server->>claude', ({ pid }) => `start process ${pid}`),
  PROMPT_ACCEPTED: from('claude-->>server', 'the prompt is accepted'),
  MESSAGE_SEEN: from('claude-->>server', ({ brief }) => String(brief)),
  API_RETRIED: from('claude-->>server', ({ error }) => `the API is tried again: ${error}`),
  PERMISSION_ASKED: from(
    'claude-->>server',
    ({ request }) => `may I use ${(request as PermissionRequest).tool}?`,
  ),
  ANSWER_PERMISSION: from('caller->>server', ({ answer, source }) => {
    const { allow, reason } = answer as PermissionAnswer;
    return `${allow ? 'allow' : 'deny'} (${source})${reason ? `: ${reason}` : ''}`;
  }),
  PERMISSION_WITHDRAWN: from('claude-->>server', 'the request is withdrawn'),
  RESULT_SEEN: from('claude-->>server', 'result'),
  EXITED: from('claude-->>server', ({ returncode }) => `the process has gone (${returncode})`),
  DELIVERED: from('server-->>caller', 'wait delivers it'),
  ADOPT: from('server->>server', ({ owner }) => `taken over by ${owner}`),
};

const drawMove = ({ from, to }: JournalRecord): string[] =>
  from === to ? [] : [`Note over server: ${shown(to)}`];

function statesOf(steps: Step[]): string[] {
  const arrows = new Map<string, { events: Set<string>; times: number }>();
  for (const { record } of steps) {
    if (record.from === record.to) continue;
    const key = `${record.from === null ? '[*]' : idOf(record.from)} --> ${idOf(record.to)}`;
    const arrow = arrows.get(key) ?? { events: new Set(), times: 0 };
    arrow.events.add(record.event.type);
    arrows.set(key, { events: arrow.events, times: arrow.times + 1 });
  }
  const lines = [...arrows].map(([key, { events, times }]) => {
    const often = times > 1 ? ` (${times} times)` : '';
    return `  ${key} : ${shown([...events].join(', ') + often)}`;
  });
  return ['stateDiagram-v2', ...lines];
}

const idOf = (state: string): string => state.replace(/\W/g, '_');

/** Returns one short line that Mermaid reads as text, for any text of a worker. */
function shown(text: string): string {
  const line = visible(text.replace(/\s+/g, ' ').trim());
  const short = line.length > 80 ? cut(line, 79) : line;
  return short.replace(/[#;:<>"%`{}]/g, (character) => `#${character.charCodeAt(0)};`);
}
