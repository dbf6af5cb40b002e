import { symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ask, keyIn, openAsked, openPage, send, type TestPage } from './page.ts';

/** The approval of an open request, which is what an attacker is after. */
async function openTarget() {
  const { page, id, request_id, input_sha256 } = await openAsked();
  const approve = JSON.stringify({ decision: 'allow', input_sha256 });
  const path = `/api/permissions/${request_id}`;
  const own = {
    authorization: page.authorization,
    origin: page.origin,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  };
  return {
    ...{ page, path, approve, headers: own },
    /** Sends the approval as our own page does, with other headers; undefined removes a header. */
    async attack(changed: Record<string, string | undefined>, ask: Ask = {}) {
      const entries = Object.entries({ ...own, ...changed });
      const headers = Object.fromEntries(
        entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
      const got = await page.raw(path, { method: 'POST', body: approve, headers, ...ask });
      const isOpen =
        page.stage.manager.workers.find(id)?.getSnapshot().value === 'awaiting_permission';
      return { status: got.status, isOpen };
    },
  };
}

/** A path of every kind. */
const everything = [
  '/',
  '/index.html',
  '/assets/index-1.js',
  '/api/snapshot',
  '/api/charts',
  '/api/events',
  '/api/workers/00000000-0000-4000-8000-000000000001/records',
  '/nothing',
];

const statuses = (page: TestPage, headers: Record<string, string>, host?: string) =>
  Promise.all(
    everything.map(async (path) => {
      const ask = { headers, ...(host === undefined ? {} : { host }) };
      return (await page.raw(path, ask)).status;
    }),
  );
const all = (status: number) => everything.map(() => status);

it('the approval that all attacks try is accepted from our own page', async () => {
  const { attack } = await openTarget();
  expect(await attack({})).toEqual({ status: 200, isOpen: false });
});

describe('a foreign host name that points to the server', () => {
  it.each([
    'evil.test',
    'evil.test:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1:PORT.evil.test',
    'localhost:PORT',
    '[::1]:PORT',
    '127.0.0.1.:PORT',
    ' ',
  ])('%s gets nothing, even with the key', async (name) => {
    const { page, attack } = await openTarget();
    const host = name.replace('PORT', String(page.port));
    expect(await statuses(page, { authorization: page.authorization }, host)).toEqual(all(421));
    expect(await attack({}, { host })).toEqual({ status: 421, isOpen: true });
  });

  it('cannot sign in with a sign-in URL, and does not use it up', async () => {
    const page = await openPage();
    const path = page.signInPath();
    expect((await page.raw(path, { host: `evil.test:${page.port}` })).status).toBe(421);
    expect((await page.raw(path)).status).toBe(200);
  });

  it('is refused beside the right host name', async () => {
    const page = await openPage();
    const lines = [`GET ${page.base} HTTP/1.1`, `Host: 127.0.0.1:${page.port}`, 'Host: evil.test'];
    const ask = [...lines, `Authorization: ${page.authorization}`, 'Connection: close'];
    expect(await overWire(page.port, ask)).toMatch(/^HTTP\/1\.1 4/);
  });

  it('is refused in the request line', async () => {
    const page = await openPage();
    const own = [
      `Host: 127.0.0.1:${page.port}`,
      `Authorization: ${page.authorization}`,
      'Connection: close',
    ];
    const line = `GET http://evil.test${page.base} HTTP/1.1`;
    const response = await overWire(page.port, [line, ...own]);
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a page of another local server, even if its requests had our key,', () => {
  const others = ['http://127.0.0.1:9', 'http://localhost:9', 'https://127.0.0.1:PORT', 'null'];

  it.each(others)('with the origin %s reads nothing', async (name) => {
    const page = await openPage();
    const origin = name.replace('PORT', String(page.port));
    expect(await statuses(page, { authorization: page.authorization, origin })).toEqual(all(403));
  });

  it.each(others)('with the origin %s changes nothing', async (origin) => {
    const { attack } = await openTarget();
    expect(await attack({ origin })).toEqual({ status: 403, isOpen: true });
  });

  it.each(['same-site', 'cross-site', 'none', ''])('as %s reads nothing', async (site) => {
    const page = await openPage();
    const own = { authorization: page.authorization, 'sec-fetch-mode': 'no-cors' };
    const headers = { ...own, 'sec-fetch-site': site };
    expect(await statuses(page, headers)).toEqual(all(403));
  });

  it.each(['same-site', 'cross-site', 'none'])('as %s changes nothing', async (site) => {
    const { attack } = await openTarget();
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' };
    expect(await attack(headers)).toEqual({ status: 403, isOpen: true });
  });

  it('changes nothing without an Origin header', async () => {
    const { attack } = await openTarget();
    expect(await attack({ origin: undefined })).toEqual({ status: 403, isOpen: true });
  });

  it('cannot lead the browser here by a link', async () => {
    const page = await openPage();
    const headers = { authorization: page.authorization, 'sec-fetch-mode': 'navigate' };
    for (const site of ['cross-site', 'same-site']) {
      expect(await statuses(page, { ...headers, 'sec-fetch-site': site })).toEqual(all(403));
    }
  });

  it('gets no header that allows it to read', async () => {
    const page = await openPage();
    const origin = 'http://127.0.0.1:9';
    const preflight = { origin, 'access-control-request-method': 'POST' };
    const asked = [
      await page.raw('/api/snapshot', { headers: { origin } }),
      await page.raw('/api/snapshot', { method: 'OPTIONS', headers: preflight }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([403, 405]);
    const names = asked.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a form of another page', () => {
  it.each(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain', ''])(
    'that sends %s changes nothing, even if everything else is right',
    async (type) => {
      const { attack } = await openTarget();
      expect(await attack({ 'content-type': type })).toEqual({ status: 415, isOpen: true });
    },
  );

  it('changes nothing with the headers of a browser', async () => {
    const { attack } = await openTarget();
    const form = { 'content-type': 'text/plain', origin: 'https://evil.test' };
    const headers = { ...form, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await attack(headers)).toEqual({ status: 403, isOpen: true });
  });
});

describe('without the path of the page', () => {
  it('nothing is there, not even with the key', async () => {
    const page = await openPage();
    const { authorization, port, base } = page;
    const guesses = ['/', '/launch', '//', base.slice(0, -1), `/x${base}`, base.toUpperCase()];
    for (const guess of guesses) {
      for (const path of everything) {
        const { status, text } = await send(port, guess + path.slice(1), {
          headers: { authorization },
        });
        // A path that begins with two slashes is none.
        expect(status, guess).toBe(guess === '//' ? 400 : 404);
        expect(text).not.toContain('<');
      }
    }
  });

  it('nothing is changed, whatever else is right', async () => {
    const { page, path, headers, approve } = await openTarget();
    expect((await send(page.port, path, { method: 'POST', headers, body: approve })).status).toBe(
      404,
    );
  });
});

/** The paths below the base that only the key opens. */
const data = everything.filter((path) => path.startsWith('/api/'));

describe('without the key', () => {
  it('no data is served, only the page itself', async () => {
    const page = await openPage();
    const got = await Promise.all(everything.map((path) => page.raw(path)));
    const open = everything.filter((_, index) => got[index]?.status !== 401);
    expect(open).toEqual(everything.filter((path) => !data.includes(path)));
    expect(got.map(({ text }) => text).join()).not.toContain(page.authorization.slice(7));
  });

  it.each([
    '',
    'KEY',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Basic KEY',
    'Bearer KEYx',
    'Bearer KEY KEY',
  ])('the header "%s" opens no data', async (text) => {
    const page = await openPage();
    const authorization = text.replaceAll('KEY', page.authorization.slice(7));
    for (const path of data) {
      expect((await page.raw(path, { headers: { authorization } })).status).toBe(401);
    }
  });

  it.each([
    'KEY in a cookie',
    'KEY in the query',
    'the key of another server',
    'the path of the page as the key',
  ])('%s opens no data', async (what) => {
    const [page, other] = [await openPage(), await openPage()];
    const key = page.authorization.slice(7);
    const headers: Record<string, string> =
      {
        'KEY in a cookie': { cookie: `awm-key=${key}; awm-${page.port}=${key}` },
        'KEY in the query': {},
        'the key of another server': { authorization: other.authorization },
        'the path of the page as the key': { authorization: `Bearer ${page.base.slice(1, -1)}` },
      }[what] ?? {};
    const query = `?key=${key}&t=${key}&authorization=Bearer ${key}`.replaceAll(' ', '%20');
    for (const path of data) expect((await page.raw(path + query, { headers })).status).toBe(401);
  });

  it.each([
    '/./api/snapshot',
    '/x/../api/snapshot',
    '/assets/%2e%2e/api/snapshot',
    '/\\api\\snapshot',
    '/api%2fsnapshot',
    '//api/snapshot',
    '/API/snapshot',
    '/api/./snapshot?t=x',
  ])('%s opens no data', async (path) => {
    const page = await openPage();
    const { status, text } = await page.raw(path);
    expect([401, 404]).toContain(status);
    expect(text).not.toContain('workers');
  });

  it('nothing is changed, whatever else is right', async () => {
    const { attack } = await openTarget();
    expect(await attack({ authorization: undefined })).toEqual({ status: 401, isOpen: true });
  });

  it('of another server nothing is changed', async () => {
    const { attack } = await openTarget();
    const { authorization } = await openPage();
    expect(await attack({ authorization })).toEqual({ status: 401, isOpen: true });
  });
});

describe('a browser', () => {
  it('gets nothing that it sends to other servers by itself', async () => {
    const { page, path } = await openTarget();
    const responses = [
      await page.raw(page.signInPath()),
      ...(await Promise.all(everything.slice(0, 5).map(page.get))),
      await page.post(path, {}),
    ];
    const names = responses.flatMap(({ headers }) => Object.keys(headers));
    expect(names).not.toContain('set-cookie');
    expect(names).not.toContain('www-authenticate');
  });
});

describe('a sign-in URL', () => {
  it('works once', async () => {
    const page = await openPage();
    const path = page.signInPath();
    expect((await page.raw(path)).status).toBe(200);
    const again = await page.raw(path);
    expect(again.status).toBe(401);
    expect(keyIn(again)).toBe('');
    expect(again.json.error).toBe('This sign-in link was used or is too old; ask for a new one.');
  });

  it('becomes invalid when a newer one is issued', async () => {
    const page = await openPage();
    const [older, newer] = [page.signInPath(), page.signInPath()];
    expect((await page.raw(older)).status).toBe(401);
    expect((await page.raw(newer)).status).toBe(200);
  });

  it.each(['/?t', '/?t=', '/?t=wrong', '/?t=undefined', '/?t=wrong&t=wrong'])(
    '%s without a valid token is refused',
    async (path) => {
      const page = await openPage();
      expect((await page.raw(path)).status).toBe(401);
      page.signInPath();
      expect((await page.raw(path)).status).toBe(401);
    },
  );

  it('is followed from the sign-in file, which is another site to a browser', async () => {
    const page = await openPage();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const got = await page.raw(page.signInPath(), { headers });
    expect(got.status).toBe(200);
    expect(`Bearer ${keyIn(got)}`).toBe(page.authorization);
  });

  it('opens nothing else: without its token the page may not be opened from elsewhere', async () => {
    const page = await openPage();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    for (const path of ['/', '/index.html?t=x', '/api/snapshot?t=x', '/?T=x', '/#t=x']) {
      expect((await page.raw(path, { headers })).status).toBe(403);
    }
  });

  it('is not followed by a script or a picture of another page', async () => {
    const page = await openPage();
    const path = page.signInPath();
    for (const mode of ['cors', 'no-cors', 'websocket', '']) {
      const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode };
      expect((await page.raw(path, { headers })).status).toBe(403);
    }
  });
});

describe('a change', () => {
  it('cannot be made with GET', async () => {
    const { page, path } = await openTarget();
    expect((await page.get(path)).status).toBe(404);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD', 'TRACE'])('cannot be made with %s', async (method) => {
    const { attack } = await openTarget();
    expect(await attack({}, { method, body: '' })).toEqual({ status: 405, isOpen: true });
  });
});

describe('the server', () => {
  it('cannot be reached at any other address of this machine', async () => {
    const page = await openPage();
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address))
      .filter((address) => address !== '127.0.0.1');
    // Linux accepts connections to all of 127.0.0.0/8.
    if (process.platform === 'linux') others.push('127.0.0.2');
    const reached = await Promise.all(others.map((host) => isReachable(host, page.port)));
    expect(others.filter((_, index) => reached[index])).toEqual([]);
    expect(await isReachable('127.0.0.1', page.port)).toBe(true);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/assets/..\\..\\secret.txt',
    '/assets/%00../../secret.txt',
    '/assets/link.txt',
    '/assets',
    '/assets/',
    '/etc/passwd',
    '/file:///etc/passwd',
  ])('serves nothing from outside the built page: %s', async (path) => {
    const page = await openPage();
    const { projectDir } = page.stage.config;
    await symlink(join(projectDir, 'secret.txt'), join(projectDir, 'web/assets/link.txt'));
    const { status, text } = await page.get(path);
    expect(status).toBe(404);
    expect(text).not.toContain('outside');
  });

  it('reads nothing through a symbolic link in the place of a worker', async () => {
    const page = await openPage();
    const { stage } = page;
    const id = await stage.spawn({ say: 'Hello.' });
    await stage.until(id, 'completed');
    const { stateDir } = stage.config;
    const link = '00000000-0000-4000-8000-000000000001';
    await symlink(join(stateDir, `worker-${id}`), join(stateDir, `worker-${link}`));
    for (const what of ['records', 'transcript']) {
      const { status, json } = await page.get(`/api/workers/${link}/${what}`);
      expect(status).toBe(500);
      expect(json.error).toContain('is no folder');
    }
    expect((await page.get('/api/snapshot')).json.workers).toHaveLength(1);
  });

  it.each(['//etc/passwd', '//127.0.0.1/', '*'])('refuses %s, which is no path', async (path) => {
    const page = await openPage();
    const { authorization, port } = page;
    expect((await send(port, path, { headers: { authorization } })).status).toBe(400);
  });

  it.each(['..', '%2e%2e', '..%2f..%2fetc', 'x', '00000000-0000-4000-8000-00000000000g'])(
    'refuses %s, which is no worker',
    async (id) => {
      const page = await openPage();
      for (const what of ['records', 'transcript']) {
        expect((await page.get(`/api/workers/${id}/${what}`)).status).toBe(404);
      }
    },
  );

  it('sends the headers that keep a browser strict with every response', async () => {
    const { page, path } = await openTarget();
    const responses = [
      await page.raw(page.signInPath()),
      await page.raw('/', { host: 'evil.test' }),
      ...(await Promise.all(['/', '/assets/index-1.js', '/api/snapshot', '/no'].map(page.get))),
      await page.post(path, {}),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 421, 200, 200, 200, 404, 400]);
    for (const { headers } of responses) {
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
  });

  it('sends a transcript with markup as JSON, which no browser shows as a page', async () => {
    const page = await openPage();
    const text = '<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:alert(1))';
    const id = await page.stage.spawn({ say: text });
    await page.stage.until(id, 'completed');
    const { headers, json } = await page.get(`/api/workers/${id}/transcript?from=0`);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(json.messages.at(-1).message.message.content).toEqual([{ type: 'text', text }]);
  });
});

/** Sends lines as they are, and returns the response. */
function overWire(port: number, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}

function isReachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
