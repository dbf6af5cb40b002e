import { describe, expect, it } from 'vitest';
import type { TranscriptResponse } from '../../../src/projection/contract.ts';
import { fakeSource, openPage, settle } from '../page.ts';
import { playRun, type Run, usualTurn } from '../run.ts';

const message = (offset: number) => ({ offset, message: { type: 'assistant', text: offset } });
const part = (offsets: number[], is_end = true): TranscriptResponse => {
  return { messages: offsets.map(message), next: offsets.at(-1) ?? 0, is_end };
};

/** A page with a transcript whose parts a test hands out, or refuses, when it wants. */
async function openTranscript(hash: string, runs: Run[]) {
  const page = await openPage(hash, runs);
  const asked: {
    id: string;
    from: number;
    give(part: TranscriptResponse): Promise<void>;
    refuse(why: string): Promise<void>;
  }[] = [];
  const source = fakeSource({
    records: async (id) => runs.find((run) => run.id === id)?.steps ?? [],
    transcript: (id, from) =>
      new Promise((resolve, reject) => {
        const give = (part: TranscriptResponse) => {
          resolve(part);
          return settle();
        };
        const refuse = (why: string) => {
          reject(new Error(why));
          return settle();
        };
        asked.push({ id, from, give, refuse });
      }),
  });
  const state = await import('../../../web/state/transcript.ts');
  page.followRecords(source);
  await settle();
  state.followTranscript(source);
  const offsets = () => state.shownMessages.value.map(({ offset }) => offset);
  return { ...page, ...state, asked, offsets };
}

describe('the transcript of the selected worker', () => {
  it('is loaded only while it is on the page', async () => {
    const run = usualTurn();
    const page = await openTranscript(`#/w/${run.id}`, [run]);
    expect(page.asked).toEqual([]);
    page.isTranscriptShown.value = true;
    expect(page.asked).toMatchObject([{ id: run.id, from: 0 }]);
    await page.asked[0]?.give(part([10, 20]));
    expect(page.offsets()).toEqual([10, 20]);
  });

  it('is loaded part by part, each from the end of the part before', async () => {
    const run = usualTurn();
    const page = await openTranscript(`#/w/${run.id}`, [run]);
    page.isTranscriptShown.value = true;
    await page.asked[0]?.give(part([10, 20], false));
    await page.asked[1]?.give(part([30]));
    expect(page.asked.map(({ from }) => from)).toEqual([0, 20]);
    expect(page.offsets()).toEqual([10, 20, 30]);
  });

  it('grows when the records bring a message', async () => {
    const run = usualTurn();
    const page = await openTranscript(`#/w/${run.id}`, [run]);
    page.isTranscriptShown.value = true;
    await page.asked[0]?.give(part([40]));
    const seq = run.steps.length + 1;
    const [first] = run.steps;
    if (!first) throw new Error('A run has at least one step.');
    const record = { ...first.record, seq, event: { type: 'MESSAGE_SEEN' }, offset: 50 };
    page.draw([{ record, patch: { seq } }]);
    expect(page.asked.map(({ from }) => from)).toEqual([0, 40]);
    await page.asked[1]?.give(part([50]));
    expect(page.offsets()).toEqual([40, 50]);
  });

  it('has no message of the worker that was selected before', async () => {
    const [run, other] = [usualTurn(), playRun([], 2)];
    const page = await openTranscript(`#/w/${run.id}`, [run, other]);
    page.isTranscriptShown.value = true;
    page.browser.follow(`#/w/${other.id}`);
    await page.asked[0]?.give(part([10, 20], false));
    expect(page.asked.map(({ id, from }) => [id, from])).toEqual([
      [run.id, 0],
      [other.id, 0],
    ]);
    await page.asked[1]?.give(part([7]));
    expect(page.offsets()).toEqual([7]);
  });

  it('ends at the shown moment of the past', async () => {
    const run = usualTurn();
    const page = await openTranscript(`#/w/${run.id}`, [run]);
    page.isTranscriptShown.value = true;
    await page.asked[0]?.give(part([10, 20, 30, 40]));
    const shown = run.steps.map(({ record: { seq } }) => {
      page.browser.follow(`#/w/${run.id}/e/${seq}`);
      return page.offsets().length;
    });
    const messages = run.steps.map(
      (_, index) => run.steps.slice(0, index + 1).filter(({ record }) => record.offset).length,
    );
    expect(shown).toEqual(messages);
    expect(messages.at(-1)).toBe(4);
    page.browser.follow(`#/w/${run.id}`);
    expect(page.offsets()).toEqual([10, 20, 30, 40]);
  });

  it('says why it cannot be loaded, until it can', async () => {
    const run = usualTurn();
    const page = await openTranscript(`#/w/${run.id}`, [run]);
    page.isTranscriptShown.value = true;
    await page.asked[0]?.refuse('It is gone.');
    expect(page.transcriptError.value).toBe('It is gone.');
    page.isTranscriptShown.value = false;
    page.isTranscriptShown.value = true;
    await page.asked[1]?.give(part([10]));
    expect(page.transcriptError.value).toBe('');
    expect(page.offsets()).toEqual([10]);
  });
});
