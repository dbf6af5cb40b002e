import { once } from 'node:events';
import { messageOf } from '../errors.ts';
import { describeRequest } from './requests.ts';
import { readRules } from './rules-file.ts';
import { type PracticeApi, startPracticeApi } from './server.ts';

/** The arguments of the command: a port of 127.0.0.1, 0 for a free one, and a file of rules. */
export interface PracticeInput {
  port: number;
  script?: string;
}

/** Where the command writes. `signal` ends it. */
export interface PracticeIo {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  signal: AbortSignal;
}

/**
 * Runs the practice API until the signal ends it. Writes the environment and a short guide to stdout,
 * then one line for each request to stderr.
 * @returns The exit code: 0 after the signal, 1 if the API cannot start.
 */
export async function runPractice(input: PracticeInput, io: PracticeIo): Promise<number> {
  let api: PracticeApi;
  try {
    api = await start(input, io);
  } catch (error) {
    io.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
  io.stdout.write(guide(api));
  if (!io.signal.aborted) await once(io.signal, 'abort');
  await api.close();
  return 0;
}

async function start({ port, script }: PracticeInput, io: PracticeIo): Promise<PracticeApi> {
  const rules = script === undefined ? [] : await readRules(script);
  return startPracticeApi({
    port,
    rules,
    // Nothing reads old requests here, and their bodies are large.
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
