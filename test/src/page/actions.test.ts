import { describe, expect, it } from 'vitest';
import { askTo, openAsked, openPage, requestsOn } from './page.ts';

const allow = (input_sha256: string) => ({ decision: 'allow', input_sha256 });

describe('an answer', () => {
  it('of the page is accepted, and the journal records its source', async () => {
    const { page, id, request_id, input_sha256 } = await openAsked();
    const { status, json } = await page.post(`/api/permissions/${request_id}`, {
      ...{ decision: 'deny', input_sha256 },
      reason: 'Not now.',
    });
    expect(status).toBe(200);
    expect(json).toEqual({ request_id, worker_id: id, tool: 'Bash', decision: 'deny' });
    await page.stage.until(id, 'completed');
    const { json: records } = await page.get(`/api/workers/${id}/records`);
    const events = records.steps.map(({ record }: { record: { event: unknown } }) => record.event);
    expect(events).toContainEqual({
      type: 'ANSWER_PERMISSION',
      answer: { request_id, allow: false, reason: 'Not now.' },
      source: 'page',
    });
  });

  it('to another input than the page showed is refused', async () => {
    const { page, id, request_id } = await openAsked();
    const other = await openAsked([askTo('rm -r /')]);
    const { status, json } = await page.post(
      `/api/permissions/${request_id}`,
      allow(other.input_sha256),
    );
    expect(status).toBe(409);
    expect(json.error).toBe(
      `Permission request ${request_id} is not what the page showed; look at it again before you answer.`,
    );
    expect(page.stage.manager.workers.find(id)?.getSnapshot().value).toBe('awaiting_permission');
  });

  it('to a request that was replaced is refused', async () => {
    const line = (command: string) => ({
      line: {
        ...{ type: 'control_request', request_id: 'same' },
        request: { subtype: 'can_use_tool', tool_name: 'Bash', input: { command } },
      },
    });
    const acts = [line('ls'), line('rm -r /'), { hang: true }];
    const page = await openPage();
    const id = await page.stage.spawn(...acts);
    await page.stage.until(id, 'awaiting_permission');
    const { json } = await page.get(`/api/workers/${id}/records`);
    const asked = json.steps
      .map(({ record }: { record: { event: { request?: { request_id: string } } } }) => record)
      .flatMap(({ event }: { event: { request?: { request_id: string } } }) => event.request ?? []);
    const [first, second] = asked;
    const [open] = await requestsOn(page);
    expect(open?.request_id).toBe(second.request_id);

    const path = `/api/permissions/${first.request_id}`;
    const { status, json: refusal } = await page.post(path, allow(open?.input_sha256 ?? ''));
    expect(status).toBe(409);
    expect(refusal.error).toBe(
      `Permission request ${first.request_id} was withdrawn by worker ${id} before it was answered; wait shows the open ones.`,
    );
    expect(await requestsOn(page)).toEqual([open]);
  });

  it('is refused after another answer was accepted', async () => {
    const { page, request_id, input_sha256 } = await openAsked();
    const path = `/api/permissions/${request_id}`;
    const answers = await Promise.all([
      page.post(path, allow(input_sha256)),
      page.post(path, { decision: 'deny', input_sha256 }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { json } = answers.find(({ status }) => status === 409) ?? {};
    expect(json.error).toMatch(/was already (allowed|denied); an answer cannot be changed\.$/);
  });

  it('to an unknown request is refused', async () => {
    const { page, input_sha256 } = await openAsked();
    const { status, json } = await page.post('/api/permissions/x', allow(input_sha256));
    expect(status).toBe(409);
    expect(json.error).toBe('No permission request "x" is known here; wait shows the open ones.');
  });

  it.each([
    [{}, 'decision: Invalid option: expected one of "allow"|"deny".'],
    [{ decision: 'allow' }, 'input_sha256: Invalid input: expected string, received undefined.'],
    [{ decision: 'allow', input_sha256: '', also: 1 }, 'The body: Unrecognized key: "also".'],
    [[], 'The body: Invalid input: expected object, received array.'],
  ])('%j is refused with a sentence that says what is wrong', async (body, error) => {
    const { page, request_id } = await openAsked();
    const { status, json } = await page.post(`/api/permissions/${request_id}`, body);
    expect({ status, json }).toEqual({ status: 400, json: { error } });
  });

  it('that is no JSON, or is too long, is refused', async () => {
    const { page, request_id } = await openAsked();
    const path = `/api/permissions/${request_id}`;
    const { status, json } = await page.post(path, { reason: 'x'.repeat(1024 ** 2) });
    expect({ status, json }).toEqual({
      status: 413,
      json: { error: 'Expected at most 1048576 bytes.' },
    });
    const { authorization, origin } = page;
    const headers = { authorization, origin, 'content-type': 'application/json' };
    const got = await page.raw(path, { method: 'POST', headers, body: '{' });
    expect(got.status).toBe(400);
  });
});

describe('a worker', () => {
  it('is resumed and stopped from the page', async () => {
    const page = await openPage();
    const id = await page.stage.spawn({ say: 'Done.' });
    await page.stage.until(id, 'completed');
    const prompt = 'Go on. <stand-in>[{"hang":true}]</stand-in>';
    const resumed = await page.post(`/api/workers/${id}/resume`, { prompt });
    expect(resumed.json).toEqual({ worker_id: id, status: 'resumed' });
    await page.stage.until(id, 'running');
    const again = await page.post(`/api/workers/${id}/resume`, { prompt });
    expect(again.status).toBe(409);
    const stopping = page.post(`/api/workers/${id}/stop`, {});
    await page.stage.until(id, 'stopping');
    for (const inside of page.stage.launched) inside.leave({ code: 143, signal: null });
    expect((await stopping).json).toEqual({ stopped: [id], already_settled: [] });
  });

  it('that does not exist is not found', async () => {
    const page = await openPage();
    const id = '00000000-0000-4000-8000-000000000001';
    const { status, json } = await page.post(`/api/workers/${id}/stop`, {});
    expect(status).toBe(404);
    expect(json.error).toContain(`No worker ${id} is known here`);
    expect((await page.get(`/api/workers/${id}/records`)).status).toBe(404);
  });
});

describe.each(['readonly', 'recorded'] as const)('a page that is %s', (mode) => {
  it('changes nothing', async () => {
    const live = await openAsked();
    const page = await openPage(mode, live.page.stage);
    const { json } = await page.get('/api/snapshot');
    expect(json).toMatchObject({ mode });
    for (const path of [
      `/api/permissions/${live.request_id}`,
      `/api/workers/${live.id}/resume`,
      `/api/workers/${live.id}/stop`,
    ]) {
      const { status, json: refusal } = await page.post(path, allow(live.input_sha256));
      expect(status).toBe(403);
      expect(refusal.error).toBe(
        'This page is read-only; start the server with --view to answer here.',
      );
    }
    expect(await requestsOn(live.page)).toHaveLength(1);
  });
});
