import type { IncomingMessage } from 'node:http';
import { isSame, type Secrets } from './secrets.ts';

/** What the rules go by. */
export interface RuleDeps {
  port: number;
  secrets: Secrets;
  /** Whether a page may change anything. */
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
  /** The one value of a header; undefined when it is missing, and empty when it comes twice. */
  header(name: string): string | undefined;
}

type Rule = (asked: Asked, deps: RuleDeps) => Refusal | undefined;

/** The path that makes a browser known; its token is its secret. */
export const launchPath = '/launch';

/** Why a request is refused, or undefined when it may go on. Every rule is asked, on every path. */
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

/** A name that somebody made point here is not ours: this ends DNS rebinding. */
const namesUs: Rule = (asked, deps) =>
  asked.header('host') === ownHost(deps)
    ? undefined
    : refuse(421, `This server is ${ownHost(deps)} and nothing else; use exactly that address.`);

const isGetOrPost: Rule = ({ method }) =>
  method === 'GET' || method === 'POST'
    ? undefined
    : refuse(405, `Expected GET or POST, found ${method}.`);

/** Cookies take no notice of ports, so a page of another local server can send ours. */
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
  // The launch file is a page of its own, so the way from it to here is called cross-site.
  if (isNavigation && (site === 'none' || asked.path === launchPath)) return undefined;
  return refuse(403, 'Only the page of this server may ask that; another page sent you here.');
};

const isKnown: Rule = (asked, { port, secrets }) => {
  if (asked.path === launchPath && isGet(asked)) return undefined;
  const cookie = cookieOf(asked.header('cookie') ?? '', cookieName(port));
  return isSame(cookie, secrets.cookie)
    ? undefined
    : refuse(401, 'This browser was not let in; open the launch file that the server names.');
};

const mayChange: Rule = (asked, { isReadonly }) =>
  isGet(asked) || !isReadonly
    ? undefined
    : refuse(403, 'This page is only to look at; start the server with --view to answer here.');

/** No form can send JSON, and no other page a header of ours. */
const isJson: Rule = (asked) => {
  const [type = ''] = (asked.header('content-type') ?? '').split(';');
  return isGet(asked) || type.trim().toLowerCase() === 'application/json'
    ? undefined
    : refuse(415, `Expected content-type application/json, found "${type}".`);
};

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

/** Servers on other ports of this address have cookies in the same jar. */
export const cookieName = (port: number): string => `awm-${port}`;

function cookieOf(header: string, name: string): string {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}
