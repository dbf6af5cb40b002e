import { expect, it } from 'vitest';
import { openPage } from '../page.ts';
import { playRun, type Run, usualTurn } from '../run.ts';

const asking = (number: number, wait: number) =>
  playRun(
    [
      { type: 'TURN_OPENED', model: null },
      wait,
      {
        type: 'PERMISSION_ASKED',
        request: {
          ...{ request_id: `r${number}`, cli_id: 'c1', tool: 'Bash', input: {}, suggestions: [] },
        },
      },
    ],
    number,
  );

async function openOverview(hash: string, runs: Run[]) {
  const page = await openPage(hash, runs);
  return { ...page, ...(await import('../../../web/state/overview.ts')) };
}

it('the overview counts the workers by group and by state', async () => {
  const runs = [usualTurn(), playRun([], 2), asking(3, 0)];
  const { grouped, stateCounts } = await openOverview('#/', runs);
  const [failed, starting, asked] = runs.map(({ id }) => id);
  expect(grouped.value).toEqual({
    ...{ needs: [asked], working: [starting], queued: [], failed: [failed], done: [] },
  });
  expect(Object.fromEntries(stateCounts.value)).toEqual({
    ...{ failed: 1, 'spawning.starting': 1, awaiting_permission: 1 },
  });
});

it('the overview of a moment has the states of that moment', async () => {
  const runs = [usualTurn(), asking(2, 1_000)];
  const { browser, stateCounts } = await openOverview('#/t/600', runs);
  expect(Object.fromEntries(stateCounts.value)).toEqual({ running: 2 });
  browser.follow('#/');
  expect(Object.fromEntries(stateCounts.value)).toEqual({ failed: 1, awaiting_permission: 1 });
});

it('the search narrows the list, and its neighbours', async () => {
  const runs = [usualTurn(), playRun([], 2), playRun([], 3)];
  const { search, listedIds, listNeighbour } = await openOverview('#/', runs);
  expect(listedIds.value).toHaveLength(3);
  search.value = ` ${runs[1]?.id.slice(-6)} `;
  expect(listedIds.value).toEqual([runs[1]?.id]);
  expect(listNeighbour(undefined, 1)).toBe(runs[1]?.id);
  search.value = ' ';
  expect(listedIds.value).toHaveLength(3);
});

it('the open requests are in the order in which they were asked', async () => {
  const { openRequests } = await openOverview('#/', [asking(1, 900), asking(2, 100)]);
  expect(
    openRequests.value.map(({ request, worker }) => [request.request_id, worker.state]),
  ).toEqual([
    ['r2', 'awaiting_permission'],
    ['r1', 'awaiting_permission'],
  ]);
});

it('the totals are the sums of all workers, and follow each frame', async () => {
  const [one, other] = [usualTurn(), playRun([], 2)];
  const { totals, draw } = await openOverview('#/', [one, other]);
  expect(totals.value).toEqual({ cost: 0, input: 0, output: 0 });
  for (const { id, steps } of [one, other]) {
    const [first] = steps;
    if (!first) throw new Error('A run has at least one step.');
    const seq = steps.length + 1;
    const patch = { seq, cost_usd: 0.5, tokens: { input: 10, output: 3 } };
    draw([{ record: { ...first.record, worker: id, seq }, patch }]);
  }
  expect(totals.value).toEqual({ cost: 1, input: 20, output: 6 });
});
