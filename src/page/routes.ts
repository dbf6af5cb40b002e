import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exported } from '../export/input.ts';
import type { Manager } from '../manager/manager.ts';
import type { ChartsResponse, PageMode, PageSnapshot } from '../projection/contract.ts';
import type { PageSource } from '../projection/source.ts';
import { answerPermission, permissionBody, resumeBody, stopBody } from './actions.ts';
import { readBody } from './body.ts';
import { HttpError } from './http-error.ts';
import { sendBytes, sendJson } from './respond.ts';
import { stream } from './stream.ts';

/** The dependencies of the routes. */
export interface RoutesDeps {
  mode: PageMode;
  source: PageSource;
  /** Absent if the page may not answer, resume or stop. */
  manager?: Manager;
  charts(): ChartsResponse | Promise<ChartsResponse>;
  /** @throws ManagerError for an unknown worker or format. */
  exportWorker(source: PageSource, worker_id: string, format: string): Promise<Exported>;
  now(): number;
}

/** One request that passed every rule. */
interface Call extends RoutesDeps {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  /** The part of the path at `:id`. */
  id: string;
}

type Handler = (call: Call) => Promise<void>;

/**
 * Serves a request for the API; its path begins with `/api/`.
 * @throws HttpError or ManagerError for a wrong request.
 */
export async function serveApi(
  deps: RoutesDeps,
  request: IncomingMessage,
  response: ServerResponse,
  { path, query }: { path: string; query: URLSearchParams },
): Promise<void> {
  const parts = path.split('/');
  const pattern = parts.map((part, index) => (index === 3 ? ':id' : part)).join('/');
  const handle = routes.get(`${request.method} ${pattern}`);
  if (!handle) throw new HttpError(404, `There is no ${request.method} ${path} here.`);
  await handle({ ...deps, request, response, query, id: parts[3] ?? '' });
}

const snapshot: Handler = async ({ response, source, mode, now }) => {
  const body: PageSnapshot = {
    ...{ mode, now: now(), title: source.title },
    ...(await source.snapshot()),
  };
  sendJson(response, body);
};

const events: Handler = async ({ request, response, source, query }) => {
  if (!source.follow) throw new HttpError(404, 'Nothing happens any more in a past run.');
  const last = request.headers['last-event-id'];
  const since = (typeof last === 'string' ? last : undefined) ?? query.get('since') ?? undefined;
  await stream(request, response, source.follow, since);
};

const records: Handler = async ({ response, source, id }) =>
  sendJson(response, await source.records(id));

const transcript: Handler = async ({ response, source, id, query }) => {
  const from = Number(query.get('from') ?? '0');
  if (!Number.isSafeInteger(from) || from < 0) {
    throw new HttpError(400, `from: expected an offset, found "${query.get('from')}".`);
  }
  sendJson(response, await source.transcript(id, from));
};

const exported: Handler = async ({ response, source, exportWorker, id, query }) => {
  const { type, name, body } = await exportWorker(source, id, query.get('format') ?? '');
  sendBytes(response, type, body, { 'content-disposition': `attachment; filename="${name}"` });
};

const charts: Handler = async (call) => sendJson(call.response, await call.charts());

const answer: Handler = async ({ request, response, manager, id }) => {
  const body = await readBody(request, permissionBody);
  sendJson(response, await answerPermission(present(manager), id, body));
};

const resume: Handler = async ({ request, response, manager, id }) => {
  const { prompt } = await readBody(request, resumeBody);
  sendJson(response, await present(manager).resume(id, prompt));
};

const stop: Handler = async ({ request, response, manager, id }) => {
  await readBody(request, stopBody);
  sendJson(response, await present(manager).stop([id]));
};

function present(manager: Manager | undefined): Manager {
  if (!manager) throw new HttpError(403, 'This page is read-only.');
  return manager;
}

const routes = new Map<string, Handler>([
  ['GET /api/snapshot', snapshot],
  ['GET /api/events', events],
  ['GET /api/charts', charts],
  ['GET /api/workers/:id/records', records],
  ['GET /api/workers/:id/transcript', transcript],
  ['GET /api/workers/:id/export', exported],
  ['POST /api/permissions/:id', answer],
  ['POST /api/workers/:id/resume', resume],
  ['POST /api/workers/:id/stop', stop],
]);
