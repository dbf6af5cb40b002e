import { expect, it } from 'vitest';
import { openPage } from '../page.ts';
import { playRun, type Run, usualTurn } from '../run.ts';

async function openAnnounced(runs: Run[], count?: number) {
  const page = await openPage('#/', runs, count);
  const { announceChanges, announcement } = await import('../../../web/state/announce.ts');
  announceChanges();
  return { ...page, announcement, title: () => page.browser.document.title };
}

it('a new request is announced once, and the title counts it', async () => {
  const run = usualTurn();
  const asked = run.steps.findIndex(({ record }) => record.event.type === 'PERMISSION_ASKED');
  const { draw, announcement, title, browser } = await openAnnounced([run], asked);
  expect([announcement.value, title()]).toEqual(['', '1 working – Workers']);
  draw(run.steps.slice(asked, asked + 1));
  expect(announcement.value).toBe('A test worker asks to use Bash.');
  expect(title()).toBe('1 need you – Workers');
  expect(browser.document.icon.href).toContain('orange');
  draw(run.steps.slice(asked + 1));
  expect(announcement.value).toBe('A test worker asks to use Bash.');
  expect(title()).toBe('Workers');
  expect(browser.document.icon.href).toContain('gray');
});

it('a second request is announced without the first, which is still open', async () => {
  const [run, other] = [usualTurn(), usualTurn(2)];
  const asked = run.steps.findIndex(({ record }) => record.event.type === 'PERMISSION_ASKED');
  const { draw, announcement } = await openAnnounced([run, other], asked);
  const [first, second] = [run.steps[asked], other.steps[asked]];
  if (!first || !second) throw new Error('A usual turn has a request.');
  draw([first]);
  const requests = second.patch.requests?.map((request) => ({ ...request, request_id: 'r2' }));
  draw([
    {
      ...second,
      patch: { ...second.patch, description: 'Another worker', ...(requests && { requests }) },
    },
  ]);
  expect(announcement.value).toBe('Another worker asks to use Bash.');
});

it('the title counts each group that is not over', async () => {
  const [run, other] = [usualTurn(), playRun([{ type: 'TURN_OPENED', model: null }], 2)];
  const { title, browser } = await openAnnounced([run, other]);
  expect(title()).toBe('1 working – Workers');
  expect(browser.document.icon.href).toContain('dodgerblue');
});
