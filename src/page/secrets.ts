import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a browser has to show, for the life of a server. */
export interface Secrets {
  /** The cookie's value: it lets see. */
  readonly cookie: string;
  /** Sent in a header of our own beside the cookie: it lets change. */
  readonly csrf: string;
  /** The token of a new launch URL; the one before it is void. */
  issue(): string;
  /** Whether this is the token of the launch URL; it is used up by that. */
  redeem(token: string): boolean;
}

/** Tokens are good for so long, in milliseconds. */
export const launchMs = 5 * 60_000;

export function createSecrets(now: () => number): Secrets {
  let launch: { token: string; until: number } | undefined;
  return {
    cookie: secret(),
    csrf: secret(),
    issue() {
      launch = { token: secret(), until: now() + launchMs };
      return launch.token;
    },
    redeem(token) {
      if (!launch || now() > launch.until || !isSame(token, launch.token)) return false;
      launch = undefined;
      return true;
    },
  };
}

/** Compares without telling by its time how much of it was right. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

const secret = (): string => randomBytes(32).toString('base64url');
