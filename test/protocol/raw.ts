import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { onTestFinished } from 'vitest';
import { createInbox } from '../src/fixtures.ts';

/** A line of the protocol, as it came. */
// biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client does, by name
export type Line = any;

/** A server whose stdin a test writes itself, byte by byte. */
export interface RawServer {
  /** Writes text as it is. */
  write(text: string): void;
  /** Writes a message on a line of its own. */
  send(message: object): void;
  /** The answer to the request of this id. */
  answer(id: number | string): Promise<Line>;
  /** Does what every client does first. */
  initialize(): Promise<Line>;
  /** Calls a tool and gives its result. */
  call(id: number, name: string, args?: object): Promise<Line>;
  /** Every line of stdout so far; a line that is no JSON fails the test. */
  lines(): Line[];
  stderr(): string;
  /** Resolves with the exit code and once all that was written has been read. */
  ended(): Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Closes stdin and waits for the end. */
  close(): Promise<number | null>;
}

/** Starts the server as it is shipped, with nothing between it and the test. */
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
  onTestFinished(() => void child.kill('SIGKILL'));
  // A server that has gone is told by the answer that does not come.
  child.stdin.on('error', () => {});
  const gone = exited.then((code) => {
    throw new Error(`The server has ended with code ${code}.`);
  });
  gone.catch(() => {});
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const inbox = createInbox<Line>();
  const decoder = new StringDecoder('utf8');
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) inbox.push(JSON.parse(line));
  });

  const write = (text: string) => void child.stdin.write(text);
  const send = (message: object) => write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const answer = async (id: number | string) => {
    const isIt = (line: Line) => line.id === id && line.method === undefined;
    const lines = inbox.until((all) => all.some(isIt));
    return (await Promise.race([lines, gone])).find(isIt);
  };
  return {
    ...{
      write,
      send,
      answer,
      lines: () => inbox.items,
      stderr: () => complaints,
      ended: () => exited,
      signal: (name: NodeJS.Signals) => void child.kill(name),
    },
    async initialize() {
      const clientInfo = { name: 'claude-code', version: '1.0.0' };
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
      send({ id: 'initialize', method: 'initialize', params });
      const first = await answer('initialize');
      send({ method: 'notifications/initialized' });
      return first;
    },
    async call(id, name, args = {}) {
      send({ id, method: 'tools/call', params: { name, arguments: args } });
      return (await answer(id)).result;
    },
    async close() {
      child.stdin.end();
      return exited;
    },
  };
}
