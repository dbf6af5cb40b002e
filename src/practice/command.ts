import { parseArgs } from 'node:util';
import { describeRequest } from './requests.ts';
import { readRules } from './rules-file.ts';
import { type PracticeApi, startPracticeApi } from './server.ts';

/** Where the command writes; `signal` ends it the way SIGINT and SIGTERM do. */
export interface PracticeIo {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  signal?: AbortSignal;
}

/**
 * `async-worker-manager practice [--port N] [--script file.json]`: runs the practice API until
 * SIGINT or SIGTERM. Writes the environment and a short guide to stdout, then one line for each
 * request to stderr.
 *
 * @returns The exit code: 0 after a signal, 1 if the API cannot start, 2 for wrong arguments.
 */
export async function runPractice(argv: readonly string[], io: PracticeIo): Promise<number> {
  const options = parse(argv);
  if (options instanceof Error) {
    io.stderr.write(`${options.message}\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    io.stdout.write(USAGE);
    return 0;
  }
  let api: PracticeApi;
  try {
    api = await start(options, io);
  } catch (error) {
    io.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
  io.stdout.write(guide(api));
  await untilStopped(io.signal);
  await api.close();
  return 0;
}

const USAGE = `Usage: async-worker-manager practice [--port N] [--script file.json]

  --port N             listen on this port of 127.0.0.1 (default: a free one)
  --script file.json   answers to prompts: [{"match": "text or /regex/i", "steps": [{"text": "Hi"}]}]
`;

interface Options {
  port: number;
  script: string | undefined;
  help: boolean;
}

function parse(argv: readonly string[]): Options | Error {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '0' },
        script: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
    if (!(port <= 65_535)) return new Error(`--port must be 0 to 65535, not "${values.port}".`);
    return { port, script: values.script, help: values.help };
  } catch (error) {
    return new Error(messageOf(error));
  }
}

async function start({ port, script }: Options, io: PracticeIo): Promise<PracticeApi> {
  const rules = script === undefined ? [] : await readRules(script);
  return startPracticeApi({
    port,
    rules,
    // Nobody looks at old requests here, and their bodies are large.
    keep: 100,
    onOver: (request) => {
      const time = new Date().toISOString().slice(11, 19);
      io.stderr.write(`${time} ${describeRequest(request)}\n`);
    },
  });
}

const EXAMPLE = `claude -p 'Go <practice>${JSON.stringify([
  { tools: [{ name: 'Bash', input: { command: 'date' } }] },
  { text: 'I looked at the clock.' },
])}</practice>' --allowedTools Bash`;

function guide(api: PracticeApi): string {
  const variables = Object.entries(api.environment()).map(
    ([name, value]) => `export ${name}=${value}`,
  );
  return `${variables.join('\n')}

# Paste the lines above into another terminal; claude started there talks to this practice API.
# Nothing it does there needs an account or costs anything.
# A prompt may itself say what claude will do, one step for each answer:
#
#   ${EXAMPLE}
#
# Any other prompt is answered with "Practice answer to: …". Press Ctrl-C to stop.
`;
}

function untilStopped(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
