import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { answerMessage } from '../../src/practice/message.ts';
import type { Step } from '../../src/practice/script.ts';
import { messageEvents } from '../../src/practice/stream.ts';
import { claude, openStage, type Stage, scripted } from './harness.ts';

/** A model of a user's gateway, which claude does not know. */
export const gateway = 'my-gateway-model';

/** The places in which a user can name a model. */
export interface ModelSetting {
  env?: Record<string, string>;
  args?: string[];
  settings?: object;
  options?: Record<string, unknown>;
}

/** Returns the default model of `claude`, from the API request for a prompt without settings. */
export async function ownModel(): Promise<string> {
  const { stage, takeDown } = await openStage();
  const env = { PATH: process.env.PATH ?? '', HOME: stage.home, ...stage.api.environment() };
  const asked = promisify(execFile)(claude, ['-p', scripted({ text: 'Done.' })], {
    ...{ cwd: stage.project, env },
  });
  asked.child.stdin?.end();
  await asked;
  const [model] = modelsOf(stage.api);
  await takeDown();
  return String(model);
}

/** Makes the API know one model only: like the real API it answers 404 to any other model. */
export function knowOnly({ api }: Stage, model: string, answer: Step = { text: 'Done.' }): void {
  api.setRules([
    {
      match: /./s,
      steps: ({ request }) =>
        request.model === model
          ? answer
          : { error: { status: 404, message: `model: ${request.model}` } },
    },
  ]);
}

/** Returns the models of a session's requests, oldest first. */
export function modelsOf({ requests }: { requests: readonly { body: unknown }[] }): unknown[] {
  return requests.map(({ body }) =>
    typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined,
  );
}

/** Writes the user settings of `claude`. */
export async function writeUserSettings({ home }: Stage, settings: object): Promise<void> {
  await mkdir(join(home, '.claude'), { recursive: true });
  await writeFile(join(home, '.claude', 'settings.json'), JSON.stringify(settings));
}

/** Writes an agent type with a model into the project. */
export async function writeAgent({ project }: Stage, name: string, model: string): Promise<void> {
  const folder = join(project, '.claude', 'agents');
  await mkdir(folder, { recursive: true });
  const head = ['---', `name: ${name}`, 'description: Finds faults', `model: ${model}`, '---'];
  await writeFile(join(folder, `${name}.md`), [...head, 'You find faults.'].join('\n'));
}

/** A stand-in for Bedrock that knows one model only. */
export interface Bedrock {
  env: Record<string, string>;
  /** The models of the requests, oldest first. */
  readonly models: string[];
}

/** Starts a stand-in for Bedrock on the loopback interface until the end of the test. */
export async function startBedrock(model: string): Promise<Bedrock> {
  const models: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    const [, name = ''] = /^\/model\/([^/]+)\/invoke/.exec(request.url ?? '') ?? [];
    if (name === '') return response.end('{}');
    models.push(decodeURIComponent(name));
    if (models.at(-1) !== model) {
      response.writeHead(404, { 'content-type': 'application/json' });
      return response.end('{"message":"The provided model identifier is invalid."}');
    }
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    const message = answerMessage({ text: 'Done.' }, { model, inputTokens: 7, defaultText: '' });
    for (const event of messageEvents(message)) {
      if (event.type !== 'ping') response.write(frameOf(event));
    }
    return response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const env = {
    CLAUDE_CODE_USE_BEDROCK: '1',
    CLAUDE_CODE_SKIP_BEDROCK_AUTH: '1',
    AWS_REGION: 'us-east-1',
    ANTHROPIC_BEDROCK_BASE_URL: `http://127.0.0.1:${port}`,
  };
  return { env, models };
}

/** Encodes an event as an AWS frame: lengths, their checksum, headers, payload, checksum of all. */
function frameOf(event: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
  const payload = Buffer.from(JSON.stringify({ bytes }));
  const headers = Buffer.concat(
    Object.entries({
      ':event-type': 'chunk',
      ':content-type': 'application/json',
      ':message-type': 'event',
    }).map(([name, value]) => {
      const length = Buffer.alloc(3);
      length.writeUInt8(7);
      length.writeUInt16BE(value.length, 1);
      return Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(name),
        length,
        Buffer.from(value),
      ]);
    }),
  );
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(headers.length + payload.length + 16);
  prelude.writeUInt32BE(headers.length, 4);
  const body = Buffer.concat([prelude, checksum(prelude), headers, payload]);
  return Buffer.concat([body, checksum(body)]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
