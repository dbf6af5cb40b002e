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
  /** Returns the value of a header; undefined if it is missing, empty if it comes twice. */
  header(name: string): string | undefined;
}

type Rule = (asked: Asked, deps: RuleDeps) => Refusal | undefined;

/** The path that signs a browser in; its token is the secret. */
export const signInPath = '/launch';

/** Returns why a request is refused; undefined if it passes every rule. The rules apply to every path. */
export function refusalOf(request: IncomingMessage, deps: RuleDeps): Refusal | undefined {
  const asked: Asked = {
    method: request.method ?? '',
    path: (request.url ?? '').split('?')[0] ?? '',
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

/** A cookie belongs to all ports of an address: a page of another local server can send ours. */
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
  if (isNavigation && (site === 'none' || asked.path === signInPath)) return undefined;
  return refuse(403, 'Only the page of this server may ask that; another page sent you here.');
};

const isKnown: Rule = (asked, { port, secrets }) => {
  if (asked.path === signInPath && isGet(asked)) return undefined;
  const cookie = cookieOf(asked.header('cookie') ?? '', cookieName(port));
  return isSame(cookie, secrets.cookie)
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

/** No other page can send a header of our own. */
const hasCsrf: Rule = (asked, { secrets }) =>
  isGet(asked) || isSame(asked.header('x-csrf') ?? '', secrets.csrf)
    ? undefined
    : refuse(403, 'The x-csrf header is missing or wrong; take it from /api/snapshot.');

const rules: Rule[] = [
  namesUs,
  isGetOrPost,
  isOfOurPage,
  isFromOurSite,
  isKnown,
  mayChange,
  isJson,
  hasCsrf,
];

/** The port is in the name: a browser keeps one set of cookies for all ports of an address. */
export const cookieName = (port: number): string => `awm-${port}`;

function cookieOf(header: string, name: string): string {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}
