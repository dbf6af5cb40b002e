import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Asset, createAssets } from './assets.ts';
import { HttpError, refusalFrom } from './http-error.ts';
import { isSignIn, refusalOf, signInToken } from './request-rules.ts';
import { sendBytes, sendError } from './respond.ts';
import { type RoutesDeps, serveApi } from './routes.ts';
import { createSecrets } from './secrets.ts';

/** The dependencies of a page server. */
export interface PageDeps extends RoutesDeps {
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
  const { base, key } = secrets;
  const isReadonly = deps.mode !== 'live';
  const asset = createAssets(deps.webDir);

  /** Gives the key with the page itself: a script of the page keeps it, and no URL has it. */
  const signIn = (response: ServerResponse, url: URL, { type, body }: Asset) => {
    if (!secrets.redeem(url.searchParams.get(signInToken) ?? '')) {
      throw new HttpError(401, 'This sign-in link was used or is too old; ask for a new one.');
    }
    sendBytes(response, type, `${body}<meta name="key" content="${key}">\n`);
    deps.onSignedIn?.();
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const port = portOf(server);
    const url = urlOf(request, port);
    const refusal = refusalOf(request, url, { port, secrets, isReadonly });
    if (refusal) throw new HttpError(refusal.status, refusal.error);
    const path = url.pathname.slice(base.length - 1);
    if (path.startsWith('/api/')) {
      return serveApi(deps, request, response, { path, query: url.searchParams });
    }
    const found = request.method === 'GET' ? await asset(path) : undefined;
    if (!found) throw new HttpError(404, `There is no ${path} here.`);
    if (isSignIn(request, url, secrets)) return signIn(response, url, found);
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
    signInUrl: () => `http://127.0.0.1:${portOf(server)}${base}?${signInToken}=${secrets.issue()}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function urlOf(request: IncomingMessage, port: number): URL {
  const target = request.url ?? '';
  if (!target.startsWith('/') || target.startsWith('//')) {
    throw new HttpError(400, 'Expected a path that begins with one slash.');
  }
  return new URL(`http://127.0.0.1:${port}${target}`);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
