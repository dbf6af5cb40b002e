import { createServer, type Server } from 'node:http';
import { PracticeHandler } from './handler.ts';
import { type PracticeRequest, RequestLog } from './requests.ts';
import type { Rule } from './script.ts';

export type { PracticeRequest } from './requests.ts';

export interface PracticeOptions {
  /** The port on 127.0.0.1; a free one unless given. */
  port?: number;
  /** Answers to prompts that carry no `<practice>` script; the first match wins. */
  rules?: readonly Rule[];
  /** How many requests to remember; 10 000 unless given. Their bodies stay in memory. */
  keep?: number;
  /** Called once for each request, when its answer is over. */
  onOver?: (request: PracticeRequest) => void;
}

/** A running practice API. */
export interface PracticeApi {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** The remembered requests, oldest first. */
  readonly requests: readonly PracticeRequest[];
  /** The environment variables that point `claude` at this API. */
  environment(): Record<string, string>;
  /**
   * Waits until a request satisfies the predicate, which is asked again whenever one changes.
   *
   * @param ms Milliseconds to wait, 10 000 unless given.
   * @throws Error when the time is over or the API is closed.
   */
  waitForRequest(
    predicate: (request: PracticeRequest) => boolean,
    ms?: number,
  ): Promise<PracticeRequest>;
  /** Replaces the rules, from the next request on. */
  setRules(rules: readonly Rule[]): void;
  /** Ends every connection and stops listening. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a stand-in for the Messages API on the loopback interface: `claude` runs against it with
 * no account and no cost, and answers what scripts say.
 *
 * @throws Error if the port is taken.
 */
export async function startPracticeApi(options: PracticeOptions = {}): Promise<PracticeApi> {
  const log = new RequestLog(options.keep ?? 10_000);
  const handler = new PracticeHandler(options.rules ?? [], log, options.onOver ?? (() => {}));
  const server = createServer((request, response) => void handler.handle(request, response));
  // The default of five seconds would close a connection just as claude uses it again.
  server.keepAliveTimeout = 600_000;
  const port = await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    requests: log.requests,
    environment: () => environment(url),
    waitForRequest: (predicate, ms = 10_000) => log.wait(predicate, ms),
    setRules: (rules) => {
      handler.rules = rules;
    },
    close: async () => {
      handler.closing = true;
      log.close();
      await stop(server);
    },
  };
}

function environment(url: string): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'practice',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('No port is open.'));
      else resolve(address.port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
