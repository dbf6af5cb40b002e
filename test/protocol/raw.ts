import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { onTestFinished } from 'vitest';
import { checkForCrash } from '../crash.ts';
import { createInbox, type Inbox } from '../src/fixtures.ts';

/** A parsed line of the protocol. */
// biome-ignore lint/suspicious/noExplicitAny: tests read messages as a client does, by name
export type Line = any;

/** A server whose stdin a test writes, byte by byte. */
export interface RawServer {
  /** Writes text without changes. */
  write(text: string): void;
  /** Writes a message as one line. */
  send(message: object): void;
  /** Resolves with the response to the request with this id. */
  response(id: number | string): Promise<Line>;
  /** Initializes the session, as every client does first. */
  initialize(): Promise<Line>;
  /** Calls a tool and returns its result. */
  call(id: number, name: string, args?: object): Promise<Line>;
  /** Returns every line of stdout until now; a line that is no JSON fails the test. */
  lines(): Line[];
  stderr(): string;
  /** Resolves with the exit code, when the whole output has been read. */
  ended(): Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Closes the reader's end of a pipe. */
  breakPipe(name: 'stdout' | 'stderr'): void;
  /** Closes stdin and waits for the end. */
  close(): Promise<number | null>;
}

/** Starts the shipped server, without a client library. */
export function startRaw(
  cwd: string,
  env: Record<string, string>,
  script = resolve('dist/main.mjs'),
): RawServer {
  const child = spawn(process.execPath, [script], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((done) => child.once('close', done));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    checkForCrash(stderr);
  });
  // A test notices a dead server by `gone`.
  child.stdin.on('error', () => {});
  const gone = exited.then((code) => {
    throw new Error(`The server has ended with code ${code}.`);
  });
  gone.catch(() => {});
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const inbox = readLines(child.stdout);
  return {
    ...createProtocol((text) => void child.stdin.write(text), inbox, gone),
    lines: () => inbox.items,
    stderr: () => stderr,
    ended: () => exited,
    signal: (name: NodeJS.Signals) => void child.kill(name),
    breakPipe: (name) => void child[name].destroy(),
    async close() {
      child.stdin.end();
      return exited;
    },
  };
}

function readLines(stdout: Readable): Inbox<Line> {
  const inbox = createInbox<Line>();
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) inbox.push(JSON.parse(line));
  });
  return inbox;
}

/** Sends requests and finds their responses; `gone` rejects when the server ends. */
function createProtocol(
  write: RawServer['write'],
  inbox: Inbox<Line>,
  gone: Promise<never>,
): Pick<RawServer, 'write' | 'send' | 'response' | 'initialize' | 'call'> {
  const send = (message: object) => write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const response = async (id: number | string) => {
    const isIt = (line: Line) => line.id === id && line.method === undefined;
    const lines = inbox.until((all) => all.some(isIt));
    return (await Promise.race([lines, gone])).find(isIt);
  };
  return {
    ...{ write, send, response },
    async initialize() {
      const clientInfo = { name: 'claude-code', version: '1.0.0' };
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
      send({ id: 'initialize', method: 'initialize', params });
      const first = await response('initialize');
      send({ method: 'notifications/initialized' });
      return first;
    },
    async call(id, name, args = {}) {
      send({ id, method: 'tools/call', params: { name, arguments: args } });
      return (await response(id)).result;
    },
  };
}
