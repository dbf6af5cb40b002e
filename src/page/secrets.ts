import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The secrets of a page server, valid until it ends. */
export interface Secrets {
  /** The path of everything that is served: it allows nothing by itself. */
  readonly base: string;
  /** The key of a signed-in browser: it allows everything that the page can do. */
  readonly key: string;
  /** Creates the token of a new sign-in URL; the token before becomes invalid. */
  issue(): string;
  /** Returns true for the token of the sign-in URL, once. */
  redeem(token: string): boolean;
}

/** The lifetime of a token, in milliseconds. */
export const signInMs = 5 * 60_000;

export function createSecrets(now: () => number): Secrets {
  let issued: { token: string; until: number } | undefined;
  return {
    base: `/${secret()}/`,
    key: secret(),
    issue() {
      issued = { token: secret(), until: now() + signInMs };
      return issued.token;
    },
    redeem(token) {
      if (!issued || now() > issued.until || !isSame(token, issued.token)) return false;
      issued = undefined;
      return true;
    },
  };
}

/** Compares in constant time: the time reveals nothing of the expected text. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

const secret = (): string => randomBytes(32).toString('base64url');
