import { mkdir, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ManagerError } from '../../../src/errors.ts';
import { createLiveSource } from '../../../src/page/live-source.ts';
import { servePage } from '../../../src/page/server.ts';
import type { PageMode, RequestView } from '../../../src/projection/contract.ts';
import { type Stage, setStage } from '../stage.ts';

/** A response as it was received. */
export interface Got {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses as a page does, by name
  json: any;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string;
  host?: string;
}

/** A page server on a stage, and a browser that is signed in. */
export interface TestPage {
  stage: Stage;
  port: number;
  origin: string;
  /** The path of everything that is served. */
  base: string;
  /** Returns the path of a new sign-in URL, below the base. */
  signInPath(): string;
  /** The header that a signed-in page sends. */
  authorization: string;
  /** Sends exactly these headers and Host to a path below the base, without those of a browser. */
  raw(path: string, ask?: Ask): Promise<Got>;
  /** Sends a GET as our own page does. */
  get(path: string): Promise<Got>;
  /** Sends a change as our own page does. */
  post(path: string, body: object, headers?: Record<string, string>): Promise<Got>;
}

const charts = { worker: { svg: '<svg/>', states: [], edges: [] } };

export async function openPage(
  mode: PageMode = 'live',
  given?: Stage,
  lingerMs?: number,
): Promise<TestPage> {
  const stage = given ?? (await setStage());
  const { manager, config } = stage;
  const webDir = join(config.projectDir, 'web');
  await mkdir(join(webDir, 'assets'), { recursive: true });
  await writeFile(join(webDir, 'index.html'), '<!doctype html><title>Page</title>');
  await writeFile(join(webDir, 'assets/index-1.js'), 'export {};');
  await writeFile(join(config.projectDir, 'secret.txt'), 'outside');
  const source = createLiveSource({
    ...{ workers: manager.workers, folders: config },
    warn: (message) => stage.warnings.push(message),
    ...(lingerMs === undefined ? {} : { lingerMs }),
  });
  const server = await servePage({
    ...{ mode, source, webDir, now: Date.now },
    ...(mode === 'live' ? { manager } : {}),
    charts: () => ({ ...charts, supervisor: charts.worker }),
    exportWorker: async (_, worker_id, format) => {
      if (format !== 'mermaid') throw new ManagerError('invalid_input', `No format "${format}".`);
      return { type: 'text/plain', name: `worker-${worker_id}.mmd`, body: 'stateDiagram-v2' };
    },
  });
  onTestFinished(async () => {
    source.close();
    await server.close();
  });

  return {
    stage,
    ...(await signIn(server.signInUrl())),
    signInPath: () => below(server.signInUrl()),
  };
}

/** Signs in as a browser does. */
export async function signIn(url: string): Promise<Omit<TestPage, 'stage' | 'signInPath'>> {
  const { port: text, origin, pathname: base } = new URL(url);
  const port = Number(text);
  const raw: TestPage['raw'] = (path, ask) => send(port, base.slice(0, -1) + path, ask);
  const authorization = `Bearer ${keyIn(await raw(below(url)))}`;
  const own = { authorization, 'sec-fetch-site': 'same-origin' };
  return {
    ...{ port, origin, base, authorization, raw },
    get: (path) => raw(path, { headers: own }),
    async post(path, body, headers) {
      const json = { origin, 'content-type': 'application/json' };
      const sent = { ...own, ...json, ...headers };
      return raw(path, { method: 'POST', headers: sent, body: JSON.stringify(body) });
    },
  };
}

/** Opens a page with a worker that waits for a permission; returns what its answer must name. */
export async function openAsked(acts: object[] = [askTo('ls')]) {
  const page = await openPage();
  const id = await page.stage.spawn(...acts);
  await page.stage.until(id, 'awaiting_permission');
  const [request] = await requestsOn(page);
  if (!request) throw new Error('No request is open.');
  return { page, id, ...request };
}

/** Makes the stand-in ask for a command. */
export const askTo = (command: string) => ({ ask: [{ tool: 'Bash', input: { command } }] });

/** Returns the open requests of the only worker, as the page shows them. */
export async function requestsOn(page: TestPage): Promise<RequestView[]> {
  const { json } = await page.get('/api/snapshot');
  return json.workers[0].requests;
}

/** Returns the part of a URL that is below the base. */
const below = (url: string): string => url.slice(url.lastIndexOf('/'));

/** Returns the key in the answer to a sign-in URL; empty if there is none. */
export const keyIn = ({ text }: Got): string =>
  /<meta name="key" content="([^"]*)">/.exec(text)?.[1] ?? '';

/** Sends one request over a connection of its own. */
export function send(port: number, path: string, ask: Ask = {}): Promise<Got> {
  const { method = 'GET', headers = {}, body = '', host = `127.0.0.1:${port}` } = ask;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, path, method, headers: { host, ...headers }, agent: false },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        incoming.on('end', () => resolve(gotOf(incoming, text)));
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function gotOf({ statusCode = 0, headers }: IncomingMessage, text: string): Got {
  const isJson = headers['content-type']?.startsWith('application/json');
  return {
    status: statusCode,
    headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
