import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/practice/message.ts';
import type { Step } from '../../src/practice/script.ts';
import { type PracticeApi, startPracticeApi } from '../../src/practice/server.ts';
import { scripted, user } from './fixtures.ts';

let api: PracticeApi;

beforeEach(async () => {
  api = await startPracticeApi();
});

afterEach(() => api.close());

function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(api.url + path, { method: 'POST', body: text, signal: signal ?? null });
}

function ask(steps: readonly Step[], more: object = {}, signal?: AbortSignal): Promise<Response> {
  const body = { model: 'm', messages: [user(scripted(steps))], ...more };
  return post('/v1/messages?beta=true', body, signal);
}

function eventsIn(text: string): unknown[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.replace(/^event: .*\ndata: /, '')));
}

describe('POST /v1/messages', () => {
  it('answers with a message', async () => {
    const response = await ask([{ text: 'hi' }]);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('request-id')).toMatch(/^req_/);
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: 'end_turn',
    });
  });

  it('streams the message if asked to', async () => {
    const response = await ask([{ text: 'hi' }], { stream: true });

    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(eventsIn(await response.text())).toMatchObject([
      { type: 'message_start', message: { model: 'm' } },
      { type: 'ping' },
      { type: 'content_block_start', index: 0 },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'hi' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ]);
  });

  it('answers a prompt without a script with its beginning', async () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'x'.repeat(300) }] };

    expect(await (await post('/v1/messages', body)).json()).toMatchObject({
      content: [{ text: `Practice answer to: ${'x'.repeat(200)}` }],
    });
  });

  it('follows the rules, which can be replaced', async () => {
    const body = { model: 'm', messages: [user('hello')] };
    api.setRules([{ match: 'hello', steps: [{ text: 'by rule' }] }]);
    const byRule = await (await post('/v1/messages', body)).json();
    api.setRules([]);
    const byDefault = await (await post('/v1/messages', body)).json();

    expect([byRule, byDefault]).toMatchObject([
      { content: [{ text: 'by rule' }] },
      { content: [{ text: 'Practice answer to: hello' }] },
    ]);
  });

  it('streams an answer larger than any buffer', async () => {
    const response = await ask([{ bytes: 5_000_000 }], { stream: true });

    expect((await response.text()).length).toBeGreaterThan(5_000_000);
  });
});

describe('errors', () => {
  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [502, 'api_error'],
    [529, 'overloaded_error'],
  ])('of status %d have the type %s', async (status, type) => {
    const response = await ask([{ error: { status, message: 'no' } }], { stream: true });

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      type: 'error',
      error: { type, message: 'no' },
      request_id: response.headers.get('request-id'),
    });
  });

  it('include the time of the next attempt', async () => {
    const error = { status: 429, type: 'own_type', retry_after: 3 };
    const response = await ask([{ error }]);

    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toMatchObject({ error: { type: 'own_type' } });
  });

  it('end after their number of times', async () => {
    const steps = [{ error: { status: 529, times: 2 }, text: 'hi' }];
    const statuses = [];
    for (let attempt = 0; attempt < 3; attempt += 1) statuses.push((await ask(steps)).status);

    expect(statuses).toEqual([529, 529, 200]);
  });

  it.each([
    [
      'a wrong script',
      { model: 'm', messages: [user('<practice>[{"a":1}]</practice>')] },
      /step 1/,
    ],
    ['no JSON', 'nonsense', /expected object/],
    ['no messages', { model: 'm' }, /^messages: /],
  ])('explain %s', async (_what, body, message) => {
    const response = await post('/v1/messages', body);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringMatching(message) },
    });
  });

  it('refuse a body of more than 64 MB', async () => {
    const response = await post('/v1/messages', 'x'.repeat(64 * 1024 * 1024 + 1));

    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { type: 'request_too_large' } });
  });

  it.each(['/', '/v1/models', '//'])('say that %s does not exist', async (path) => {
    const response = await fetch(api.url + path);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { type: 'not_found_error' } });
  });
});

it('POST /v1/messages/count_tokens counts four characters as a token', async () => {
  const body = JSON.stringify({ model: 'm', messages: [] });
  const response = await post('/v1/messages/count_tokens', body);

  expect(await response.json()).toEqual({ input_tokens: Math.ceil(body.length / 4) });
});

describe('faults', () => {
  it('cut the connection in the middle, after the written bytes arrived', async () => {
    const response = await ask([{ text: 'never whole', cut: true }], { stream: true });
    const pieces: string[] = [];
    const decoder = new TextDecoder();
    const reading = response.body?.pipeTo(
      new WritableStream<Uint8Array>({ write: (chunk) => void pieces.push(decoder.decode(chunk)) }),
    );

    await expect(reading).rejects.toThrow('terminated');
    expect(pieces.join('')).toContain('message_start');
    expect(pieces.join('')).not.toContain('message_stop');
    expect(await api.waitForRequest((each) => each.status === 200)).toMatchObject({
      answered: false,
      aborted: false,
    });
  });

  it('cut a connection without a stream before the answer', async () => {
    await expect(ask([{ cut: true }])).rejects.toThrow('fetch failed');
  });

  it('hang after the content until the client disconnects', async () => {
    const gone = new AbortController();
    const response = await ask([{ text: 'hi', hang: true }], { stream: true }, gone.signal);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('text_delta')) text += (await reader?.read())?.value ?? '';
    const [record] = api.requests;

    expect(record).toMatchObject({ status: 200, answered: false, aborted: false });
    gone.abort();
    await expect(reader?.read()).rejects.toThrow('aborted');
    expect(await api.waitForRequest((each) => each.aborted)).toBe(record);
  });

  it('drop a delayed answer when the client disconnects', async () => {
    const gone = new AbortController();
    const answer = ask([{ delay_ms: 86_400_000 }], {}, gone.signal);
    await api.waitForRequest((each) => each.status === 0);
    gone.abort();

    await expect(answer).rejects.toThrow('aborted');
    expect(await api.waitForRequest((each) => each.aborted)).toMatchObject({ status: 0 });
  });

  it('delay an answer', async () => {
    expect((await ask([{ delay_ms: 1, text: 'late' }])).status).toBe(200);
  });
});

describe('the record of requests', () => {
  it('contains each request and its answer', async () => {
    const user_id = JSON.stringify({ session_id: 's1' });
    await (await ask([{ text: 'hi' }], { metadata: { user_id } })).text();

    expect(await api.waitForRequest((each) => each.answered)).toMatchObject({
      at: expect.any(Number),
      method: 'POST',
      path: '/v1/messages',
      headers: { host: `127.0.0.1:${api.port}` },
      body: { model: 'm' },
      status: 200,
      step: 0,
      prompt: scripted([{ text: 'hi' }]),
      session: 's1',
      aborted: false,
    });
  });

  it('keeps only the latest requests', async () => {
    const small = await startPracticeApi({ keep: 2 });
    for (const path of ['/a', '/b', '/c']) await fetch(small.url + path);

    expect(small.requests.map((each) => each.path)).toEqual(['/b', '/c']);
    await small.close();
  });

  it('wakes a caller that waited before the request came', async () => {
    const waiting = api.waitForRequest((each) => each.path === '/later');
    await fetch(`${api.url}/later`);

    expect((await waiting).path).toBe('/later');
  });

  it('lists the requests in the error after the time-out', async () => {
    await fetch(`${api.url}/seen`);

    await expect(api.waitForRequest(() => false, 1)).rejects.toThrow(
      /^No request matched within 1 ms\. 1 recorded, the last: GET \/seen 404\.$/,
    );
  });

  it('passes on the error of a predicate', async () => {
    const waiting = api.waitForRequest(() => {
      throw new Error('wrong predicate');
    });
    const caught = expect(waiting).rejects.toThrow('wrong predicate');
    await fetch(api.url);

    await caught;
  });
});

describe('the server', () => {
  it('listens on a loopback address only', () => {
    expect(api.url).toBe(`http://127.0.0.1:${api.port}`);
  });

  it('refuses a port that is taken', async () => {
    await expect(startPracticeApi({ port: api.port })).rejects.toThrow('EADDRINUSE');
  });

  it('closes hung connections and ends waits, also when it is closed twice', async () => {
    const waiting = expect(api.waitForRequest(() => false)).rejects.toThrow('was closed');
    const answer = await ask([{ hang: true }], { stream: true });
    const reading = expect(answer.text()).rejects.toThrow('terminated');
    await api.close();
    await api.close();

    await Promise.all([waiting, reading]);
    expect(api.requests).toMatchObject([{ answered: false, aborted: false }]);
    await expect(fetch(api.url)).rejects.toThrow('fetch failed');
  });

  it('survives a client that disconnects while it sends', async () => {
    const socket = connect(api.port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.write('POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    socket.destroy();

    expect((await ask([{ text: newId('msg') }])).status).toBe(200);
    expect(api.requests.length).toBe(1);
  });

  it('returns the environment that points claude to it', () => {
    expect(api.environment()).toEqual({
      ANTHROPIC_BASE_URL: api.url,
      ANTHROPIC_API_KEY: 'practice',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
    });
  });
});
