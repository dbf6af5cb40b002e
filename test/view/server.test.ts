import { describe, expect, it } from 'vitest';
import { openPage } from './page.ts';

describe('the page server', () => {
  it('tells every worker, with its open request whole', async () => {
    const page = await openPage();
    const { stage } = page;
    const input = { command: 'rm -r build', description: 'x'.repeat(20_000) };
    const id = await stage.spawn({ ask: [{ tool: 'Bash', input }] });
    await stage.until(id, 'awaiting_permission');
    const { status, json } = await page.get('/api/snapshot');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{ mode: 'live', title: stage.config.logsDir },
      supervisor: { state: 'open', slots: 10, busy: [id], queue: [] },
      workers: [
        {
          ...{ worker_id: id, state: 'awaiting_permission', owner: 'ours', turn: 1 },
          requests: [{ tool: 'Bash', input, can_remember: false }],
        },
      ],
    });
    expect(json.lanes[id].map(([, state]: [number, string]) => state)).toEqual([
      'spawning.queued',
      'spawning.starting',
      'running',
      'awaiting_permission',
    ]);
  });

  it('answers a request in the name of the page', async () => {
    const page = await openPage();
    const { stage } = page;
    const id = await stage.spawn({ ask: [{ tool: 'Bash', input: { command: 'ls' } }] });
    await stage.until(id, 'awaiting_permission');
    const { json } = await page.get('/api/snapshot');
    const [{ request_id, input_sha256 }] = json.workers[0].requests;
    const answer = { decision: 'allow', input_sha256 };
    const { json: given } = await page.post(`/api/permissions/${request_id}`, answer);
    expect(given).toEqual({ request_id, worker_id: id, tool: 'Bash', decision: 'allow' });
    await stage.until(id, 'completed');
    const { json: told } = await page.get(`/api/workers/${id}/records`);
    const sources = told.steps.map(
      (step: { record: { event: { source?: string } } }) => step.record.event.source,
    );
    expect(sources).toContain('page');
  });
});
