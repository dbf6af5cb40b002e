import { type Column, dollars, formatTable } from '../src/cli/format.ts';
import type { Ending } from './outcome.ts';
import { formatCount, formatSaved } from './table.ts';

const columns: Column[] = [
  { title: 'worker' },
  { title: 'state' },
  { title: 'turns', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'given', align: 'right' },
  { title: 'conversation', align: 'right' },
  { title: 'saved', align: 'right' },
  { title: 'file' },
];

/**
 * Returns the final table: each worker's turns, and the bytes that its caller got. The last row counts
 * complete answers; the other rows count only the parts about one worker.
 */
export function summary(endings: readonly Ending[], bytesGiven: number, width: number): string[] {
  const rows = [...endings.map(rowOf), totalOf(endings, bytesGiven)];
  const table = formatTable(columns, rows);
  if (table.every((line) => line.length <= width)) return table;
  const files = endings.map(({ part, path }) => `${part.description}: ${path}`);
  return [...formatTable(columns.slice(0, -1), rows), '', ...files];
}

function rowOf({ part, history, bytesGiven, bytesOfConversation, path }: Ending): string[] {
  const state = history.reason ? `${history.status} (${history.reason})` : history.status;
  return [
    part.description,
    state,
    String(history.turns.length),
    dollars(history.total_cost_usd),
    formatCount(bytesGiven),
    formatCount(bytesOfConversation),
    formatSaved(bytesGiven, bytesOfConversation),
    path,
  ];
}

function totalOf(endings: readonly Ending[], bytesGiven: number): string[] {
  const sum = (numberOf: (ending: Ending) => number) =>
    endings.reduce((total, ending) => total + numberOf(ending), 0);
  const conversations = sum((ending) => ending.bytesOfConversation);
  return [
    'together',
    '',
    String(sum(({ history }) => history.turns.length)),
    dollars(sum(({ history }) => history.total_cost_usd)),
    formatCount(bytesGiven),
    formatCount(conversations),
    formatSaved(bytesGiven, conversations),
  ];
}
