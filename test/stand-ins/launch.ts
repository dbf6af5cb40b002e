import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { type Exit, type Launch, type LaunchInput, NotStarted } from '../../src/claude/launch.ts';
import { createCli } from './cli.mjs';

/** A launched stand-in for `claude` inside this process, with real files and a real FIFO. */
export interface Inside {
  input: LaunchInput;
  pid: number;
  /** Writes to its stdout. */
  write(text: string): void;
  /** Ends it, as an exit or a signal ends a process. */
  leave(exit: Exit): void;
}

/** No kernel assigns process ids from here on, so a signal to such an id reaches no process. */
const firstPid = 2 ** 22;

/** A launcher of stand-ins inside this process. */
export interface InsideLaunch {
  launch: Launch;
  launched: Inside[];
  /** Refuses further launches, waits for running launches, and ends all stand-ins. */
  close(): Promise<void>;
}

export function createInsideLaunch(): InsideLaunch {
  const launched: Inside[] = [];
  const launching = new Set<Promise<unknown>>();
  let isClosed = false;
  const start: Launch = async (input) => {
    const { paths, args, env } = input;
    await promisify(execFile)('mkfifo', ['-m', '600', paths.stdin]).catch(() => {});
    const fd = openSync(paths.stdin, constants.O_RDWR | constants.O_NONBLOCK);
    const stdin = new Socket({ fd, readable: true, writable: false });
    const stdout = openSync(paths.stdout, 'a', 0o600);
    const { promise, resolve } = deferred<Exit>();
    let isGone = false;
    const leave = (exit: Exit) => {
      if (isGone) return;
      isGone = true;
      stdin.destroy();
      closeSync(stdout);
      resolve(exit);
    };
    const write = (bytes: string | Uint8Array) =>
      void (isGone || writeSync(stdout, typeof bytes === 'string' ? Buffer.from(bytes) : bytes));
    const exit = (code: number) => leave({ code, signal: null });
    feed(stdin, createCli({ args, env, write, exit }));
    const inside: Inside = { input, pid: firstPid + launched.length, write, leave };
    launched.push(inside);
    return { pid: inside.pid, exited: promise };
  };
  return {
    launched,
    launch(input) {
      if (isClosed) return Promise.reject(new NotStarted('The test is over.'));
      const starting = start(input);
      launching.add(starting);
      return starting.finally(() => launching.delete(starting));
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(launching);
      for (const inside of launched) inside.leave({ code: 0, signal: null });
    },
  };
}

function feed(stdin: Socket, cli: ReturnType<typeof createCli>): void {
  let rest = '';
  stdin.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) cli.take(line);
  });
}

function deferred<Value>(): { promise: Promise<Value>; resolve(value: Value): void } {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
