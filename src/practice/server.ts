import { createServer, type Server } from 'node:http';
import { PracticeHandler } from './handler.ts';
import { type PracticeRequest, RequestLog } from './requests.ts';
import type { Rule } from './script.ts';

export type { PracticeRequest } from './requests.ts';

export interface PracticeOptions {
  /** The port on 127.0.0.1. Default: a free one. */
  port?: number;
  /** The answers to prompts without a `<practice>` script. The first match wins. */
  rules?: readonly Rule[];
  /** The number of requests to keep. Default: 10,000. Their bodies stay in memory. */
  keep?: number;
  /** Called once for each request, when its answer has ended. */
  onOver?: (request: PracticeRequest) => void;
}

/** A running practice API. */
export interface PracticeApi {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** The kept requests, oldest first. */
  readonly requests: readonly PracticeRequest[];
  /** The environment variables that point `claude` at this API. */
  environment(): Record<string, string>;
  /**
   * Waits until a request satisfies the predicate. Checks it again at each change of a request.
   *
   * @param ms Milliseconds to wait. Default: 10,000.
   * @throws Error after this time, or when the API is closed.
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
 * Starts a substitute for the Messages API on the loopback interface. `claude` runs against it
 * without an account and without cost. Scripts decide the answers.
 *
 * @throws Error if the port is taken.
 */
export async function startPracticeApi(options: PracticeOptions = {}): Promise<PracticeApi> {
  const log = new RequestLog(options.keep ?? 10_000);
  const handler = new PracticeHandler(options.rules ?? [], log, options.onOver ?? (() => {}));
  const server = createServer((request, response) => void handler.handle(request, response));
  // The default of five seconds would close a connection at the moment when claude uses it again.
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
