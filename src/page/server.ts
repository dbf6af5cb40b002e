import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createAssets } from './assets.ts';
import { HttpError, refusalFrom } from './http-error.ts';
import { cookieName, refusalOf, signInPath } from './request-rules.ts';
import { sendBytes, sendError } from './respond.ts';
import { type RoutesDeps, serveApi } from './routes.ts';
import { createSecrets } from './secrets.ts';

/** The dependencies of a page server: those of the routes, except its own CSRF token. */
export interface PageDeps extends Omit<RoutesDeps, 'csrf'> {
  /** The folder of the built page. */
  webDir: string;
  /** Called when a sign-in URL was used. */
  onSignedIn?(): void;
}

/** A page on the loopback interface. */
export interface PageServer {
  readonly port: number;
  /** Creates a URL that works once and for a short time; the URL before becomes invalid. */
  signInUrl(): string;
  close(): Promise<void>;
}

/** Serves the page on a free port of 127.0.0.1, to every browser with a sign-in URL. */
export async function servePage(deps: PageDeps): Promise<PageServer> {
  const secrets = createSecrets(deps.now);
  const isReadonly = deps.mode !== 'live';
  const routes: RoutesDeps = { ...deps, csrf: isReadonly ? null : secrets.csrf };
  const asset = createAssets(deps.webDir);

  const signIn = (response: ServerResponse, url: URL, port: number) => {
    if (!secrets.redeem(url.searchParams.get('t') ?? '')) {
      throw new HttpError(401, 'This sign-in link was used or is too old; ask for a new one.');
    }
    const cookie = `${cookieName(port)}=${secrets.cookie}; Path=/; HttpOnly; SameSite=Strict`;
    sendBytes(response, 'text/html; charset=utf-8', forwardPage, { 'set-cookie': cookie });
    deps.onSignedIn?.();
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const port = portOf(server);
    const refusal = refusalOf(request, { port, secrets, isReadonly });
    if (refusal) throw new HttpError(refusal.status, refusal.error);
    const url = urlOf(request, port);
    if (url.pathname === signInPath && request.method === 'GET') return signIn(response, url, port);
    if (url.pathname.startsWith('/api/')) return serveApi(routes, request, response, url);
    const found = request.method === 'GET' ? await asset(url.pathname) : undefined;
    if (!found) throw new HttpError(404, `There is no ${url.pathname} here.`);
    sendBytes(response, found.type, found.body);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      const { status, error: sentence } = refusalFrom(error);
      if (response.headersSent) response.destroy();
      else sendError(response, status, sentence);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });

  return {
    port: portOf(server),
    signInUrl: () => `http://127.0.0.1:${portOf(server)}${signInPath}?t=${secrets.issue()}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Forwards the browser to the page. An HTTP redirect would not do: the cookie is strict, and a browser
 * sends it only with a request from our own page, not with a redirect of a request from elsewhere.
 */
const forwardPage = `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0;url=/">
<title>async-worker-manager</title>
<p><a href="/">To the page</a></p>
`;

function urlOf(request: IncomingMessage, port: number): URL {
  const target = request.url ?? '';
  if (!target.startsWith('/') || target.startsWith('//')) {
    throw new HttpError(400, 'Expected a path that begins with one slash.');
  }
  return new URL(target, `http://127.0.0.1:${port}`);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
