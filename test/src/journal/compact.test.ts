import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextActivity, noActivity } from '../../../src/journal/activity.ts';
import { essentialRecords } from '../../../src/journal/compact.ts';
import { type JournalRecord, parseRecord } from '../../../src/journal/journal.ts';
import { replay } from '../../../src/journal/replay.ts';
import { createRecorded } from './actor.ts';
import { workerEvents } from './events.ts';

/** Consecutive messages. */
const messages = fc.array(
  fc.record({
    type: fc.constant('MESSAGE_SEEN' as const),
    role: fc.constantFrom('assistant', 'user'),
    brief: fc.string({ unit: 'binary' }),
    model: fc.constantFrom(null, 'claude-x', 'claude-"y"', 'null'),
    offset: fc.nat(1e6),
  }),
  { maxLength: 12 },
);

const journals = fc
  .array(fc.oneof(messages, fc.array(workerEvents, { maxLength: 4 })), { maxLength: 12 })
  .map((parts) => textOf(parts.flat()));

function textOf(events: Parameters<ReturnType<typeof createRecorded>['send']>): string {
  const { records, send } = createRecorded();
  send(...events);
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

const essential = (text: string) => [...essentialRecords(Buffer.from(text), 'the journal')];

/** Parses all records, one by one. */
const all = (text: string) =>
  Buffer.from(text)
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parseRecord(line, index + 1, () => `Line ${index + 1} of the journal`));

/** Returns the worker after its records. */
function workerAfter(records: JournalRecord[]) {
  let activity = noActivity;
  let last: unknown;
  for (const { record, snapshot } of replay(records)) {
    activity = nextActivity(activity, record);
    last = { value: snapshot.value, context: snapshot.context };
  }
  return { activity, last };
}

/** Returns the worker that a reader finds, or the reader's error. */
function outcome(read: (text: string) => JournalRecord[], text: string) {
  try {
    return workerAfter(read(text));
  } catch (error) {
    return String(error);
  }
}

describe('the essential records', () => {
  it('give the same worker as all records, for every sequence of events', () => {
    fc.assert(
      fc.property(journals, (text) => {
        expect(workerAfter(essential(text))).toEqual(workerAfter(all(text)));
      }),
      { numRuns: 500 },
    );
  });

  it('contain every record except messages', () => {
    fc.assert(
      fc.property(journals, (text) => {
        const others = (records: JournalRecord[]) =>
          records.filter(({ event }) => event.type !== 'MESSAGE_SEEN');
        expect(others(essential(text))).toEqual(others(all(text)));
      }),
    );
  });

  it('of a damaged journal give the same error as all records, for every damage', () => {
    const damaged = fc.tuple(journals, fc.nat(), fc.nat(3), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(damaged, ([text, place, cut, by]) => {
        const at = place % text.length;
        const changed = text.slice(0, at) + by + text.slice(at + cut);
        expect(outcome(essential, changed)).toEqual(outcome(all, changed));
      }),
      { numRuns: 2_000 },
    );
  });
});

const message = (count: number, model: string | null = null) =>
  ({
    type: 'MESSAGE_SEEN',
    ...{ role: 'user', brief: `Message ${count} of «many».`.padEnd(100, '…'), model },
    offset: count,
  }) as const;

/** A journal of more than one chunk, most of it consecutive messages. */
const long = textOf([
  { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
  { type: 'TURN_OPENED', model: 'claude-x' },
  ...Array.from({ length: 1_000 }, (_, index) => message(index, 'claude-x')),
]);

describe('a journal of a thousand messages', () => {
  it('gives a few records, among them the last', () => {
    const records = essential(long);
    expect(records.length).toBeLessThan(20);
    expect(records.at(-1)).toEqual(all(long).at(-1));
    expect(workerAfter(records)).toEqual(workerAfter(all(long)));
  });

  it('is refused for one broken message, with the number of its line', () => {
    const broken = long.replace('Message 700 of', 'Message \t700 of');
    expect(() => essential(broken)).toThrow('Line 705 of the journal is not JSON.');
  });

  it.each([
    ['missing', '', 'has the number 706, expected 705'],
    ['repeated', '$&$&', 'has the number 705, expected 706'],
  ])('is refused for one message that is %s', (_, by, words) => {
    const line = /^.*Message 700 of.*\n/m;
    expect(() => essential(long.replace(line, by))).toThrow(words);
  });

  it('is read without its torn last line', () => {
    expect(essential(`${long}{"v":1,"seq":`)).toEqual(essential(long));
  });

  it('can have a line longer than a chunk', () => {
    const wide = textOf([
      { type: 'STORAGE_FAILED', hint: 'x'.repeat(200_000) },
      message(1),
      { type: 'STOP' },
    ]);
    expect(essential(wide)).toEqual(all(wide));
  });
});
