import { describe, expect, it } from 'vitest';
import type { PermissionBody } from '../../../src/projection/contract.ts';
import { fakeSource, openPage, settle } from '../page.ts';
import { usualTurn } from '../run.ts';

const body: PermissionBody = { decision: 'allow', input_sha256: 'abc' };

/** A connected page, with a source that takes each answer when a test wants. */
async function openAnswers(hash = '#/') {
  const page = await openPage(hash, [usualTurn()]);
  page.store.mode.value = 'live';
  page.listener.connection({ kind: 'connected' });
  const sent: { id: string; body: PermissionBody; accept(): void; refuse(why: string): void }[] =
    [];
  const source = fakeSource({
    answer: (id, body) =>
      new Promise((resolve, reject) => {
        sent.push({ id, body, accept: resolve, refuse: (why) => reject(new Error(why)) });
      }),
  });
  const state = await import('../../../web/state/answers.ts');
  const send = (id = 'r1') => state.answer(source, id, body);
  return { ...page, ...state, send, sent, progress: (id = 'r1') => state.answering.value.get(id) };
}

describe('an answer', () => {
  it('is on its way, then accepted', async () => {
    const { send, sent, progress } = await openAnswers();
    const sending = send();
    expect(sent).toMatchObject([{ id: 'r1', body }]);
    expect(progress()).toEqual({ kind: 'sending' });
    sent[0]?.accept();
    await sending;
    expect(progress()).toEqual({ kind: 'sent' });
  });

  it('is sent once, also if it is given again', async () => {
    const { send, sent } = await openAnswers();
    void send();
    await send();
    sent[0]?.accept();
    await settle();
    await send();
    expect(sent).toHaveLength(1);
  });

  it('can be given again after a refusal, whose sentence is shown', async () => {
    const { send, sent, progress } = await openAnswers();
    const sending = send();
    sent[0]?.refuse('Another answer was first.');
    await sending;
    expect(progress()).toEqual({ kind: 'refused', why: 'Another answer was first.' });
    void send();
    expect(sent).toHaveLength(2);
  });

  it('to one request says nothing of another', async () => {
    const { send, sent, progress } = await openAnswers();
    void send('r1');
    void send('r2');
    sent[1]?.accept();
    await settle();
    expect([progress('r1')?.kind, progress('r2')?.kind]).toEqual(['sending', 'sent']);
  });
});

describe('a page that can change nothing', () => {
  type Page = Awaited<ReturnType<typeof openAnswers>>;
  it.each<[string, (page: Page) => void]>([
    ['This is the past.', ({ browser }) => browser.follow('#/t/1')],
    [
      'This is a past run',
      ({ store }) => {
        store.mode.value = 'recorded';
      },
    ],
    [
      'This page is read-only.',
      ({ store }) => {
        store.mode.value = 'readonly';
      },
    ],
    [
      'The server is not connected.',
      ({ listener }) => listener.connection({ kind: 'lost', why: '' }),
    ],
  ])('says "%s", and sends no answer', async (sentence, change) => {
    const page = await openAnswers();
    expect(page.refusalToAct()).toBeUndefined();
    change(page);
    expect(page.refusalToAct()).toContain(sentence);
    await page.send();
    expect(page.sent).toEqual([]);
    expect(page.progress()).toBeUndefined();
  });
});
