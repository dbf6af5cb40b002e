import { describe, expect, it } from 'vitest';
import { openPage } from './page.ts';

describe('the page server', () => {
  it('sends every worker, with the whole input of its open request', async () => {
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

  it('sends the charts that the build has drawn', async () => {
    const page = await openPage();
    const { json } = await page.get('/api/charts');
    expect(json.worker).toEqual({ svg: '<svg/>', states: [], edges: [] });
  });

  it('sends a run in another format, as a file to save', async () => {
    const page = await openPage();
    const { text, headers } = await page.get('/api/workers/x/export?format=mermaid');
    expect(text).toBe('stateDiagram-v2');
    expect(headers['content-disposition']).toBe('attachment; filename="worker-x.mmd"');
    const { status, json } = await page.get('/api/workers/x/export?format=gif');
    expect({ status, json }).toEqual({ status: 400, json: { error: 'No format "gif".' } });
  });

  it.each(['-1', '1.5', 'x', '9007199254740992'])(
    'refuses %s, which is no offset in a transcript',
    async (from) => {
      const page = await openPage();
      const { status, json } = await page.get(`/api/workers/x/transcript?from=${from}`);
      expect(status).toBe(400);
      expect(json.error).toBe(`from: expected an offset, found "${from}".`);
    },
  );
});
