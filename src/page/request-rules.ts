import type { IncomingMessage } from 'node:http';
import { isSame, type Secrets } from './secrets.ts';

/** The dependencies of the rules. */
export interface RuleDeps {
  port: number;
  secrets: Secrets;
  /** True if the page may change nothing. */
  isReadonly: boolean;
}

export interface Refusal {
  status: number;
  error: string;
}

/** A request as the rules see it. */
interface Asked {
  method: string;
  path: string;
  isSignIn: boolean;
  /** Returns the value of a header; undefined if it is missing, empty if it comes twice. */
  header(name: string): string | undefined;
}

type Rule = (asked: Asked, deps: RuleDeps) => Refusal | undefined;

/** The parameter of a sign-in URL that holds its token. */
export const signInToken = 't';

/**
 * Returns why a request is refused; undefined if it passes every rule. The rules apply to every path.
 * They see the same URL as the routes: no path can be one thing here and another there.
 */
export function refusalOf(request: IncomingMessage, url: URL, deps: RuleDeps): Refusal | undefined {
  const asked: Asked = {
    method: request.method ?? '',
    path: url.pathname,
    isSignIn: isSignIn(request, url, deps.secrets),
    header(name) {
      const values = request.headersDistinct[name];
      return values && (values.length === 1 ? values[0] : '');
    },
  };
  for (const rule of rules) {
    const refusal = rule(asked, deps);
    if (refusal) return refusal;
  }
  return undefined;
}

/** True for a request that brings a sign-in token, whatever the token is. */
export function isSignIn({ method }: IncomingMessage, url: URL, { base }: Secrets): boolean {
  return method === 'GET' && isSame(url.pathname, base) && url.searchParams.has(signInToken);
}

const ownHost = ({ port }: RuleDeps) => `127.0.0.1:${port}`;
const isGet = ({ method }: Asked) => method === 'GET';
const refuse = (status: number, error: string): Refusal => ({ status, error });

/** Refuses other host names that lead here: this prevents DNS rebinding. */
const namesUs: Rule = (asked, deps) =>
  asked.header('host') === ownHost(deps)
    ? undefined
    : refuse(421, `This server is ${ownHost(deps)} and nothing else; use exactly that address.`);

const isGetOrPost: Rule = ({ method }) =>
  method === 'GET' || method === 'POST'
    ? undefined
    : refuse(405, `Expected GET or POST, found ${method}.`);

/** Pages of other servers can send requests here, even if they cannot read the answers. */
const isOfOurPage: Rule = (asked, deps) => {
  const origin = asked.header('origin');
  if (origin === undefined && isGet(asked)) return undefined;
  if (origin === `http://${ownHost(deps)}`) return undefined;
  return refuse(403, 'Only the page of this server may ask that; the Origin header is another.');
};

const isFromOurSite: Rule = (asked) => {
  const site = asked.header('sec-fetch-site');
  if (site === undefined || site === 'same-origin') return undefined;
  const isNavigation = isGet(asked) && asked.header('sec-fetch-mode') === 'navigate';
  // The sign-in file is a page of its own: a browser calls its link to this server cross-site.
  if (isNavigation && (site === 'none' || asked.isSignIn)) return undefined;
  return refuse(403, 'Only the page of this server may ask that; another page sent you here.');
};

/** A page that was at this port before us may have left something in the browser, but not here. */
const isBelowBase: Rule = ({ path }, { secrets: { base } }) =>
  isSame(path.slice(0, base.length), base)
    ? undefined
    : refuse(404, 'There is nothing here; open the sign-in file that the server names.');

/** A browser sends a header only with requests of our own page; it would send a cookie to every port. */
const isKnown: Rule = (asked, { secrets: { base, key } }) => {
  if (!asked.path.startsWith(`${base}api/`)) return undefined;
  return isSame(asked.header('authorization') ?? '', `Bearer ${key}`)
    ? undefined
    : refuse(401, 'This browser is not signed in; open the sign-in file that the server names.');
};

const mayChange: Rule = (asked, { isReadonly }) =>
  isGet(asked) || !isReadonly
    ? undefined
    : refuse(403, 'This page is read-only; start the server with --view to answer here.');

/** No form can send JSON. */
const isJson: Rule = (asked) => {
  const [type = ''] = (asked.header('content-type') ?? '').split(';');
  return isGet(asked) || type.trim().toLowerCase() === 'application/json'
    ? undefined
    : refuse(415, `Expected content-type application/json, found "${type}".`);
};

const rules: Rule[] = [
  namesUs,
  isGetOrPost,
  isOfOurPage,
  isFromOurSite,
  isBelowBase,
  isKnown,
  mayChange,
  isJson,
];
