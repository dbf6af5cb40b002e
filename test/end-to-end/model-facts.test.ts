import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open, realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { factsOf, knownModels, type ModelFacts, samplingOf } from '../../src/models/facts.ts';
import { initializeId, initializeLine, promptLine } from '../../src/stream-json/input-line.ts';
import { parseObject } from '../../src/stream-json/message.ts';
import { claude, type Stage, scripted, setStage } from './harness.ts';
import { needsOrdinaryHome } from './hostile-home.ts';

const asksClaude = needsOrdinaryHome('claude itself answers, and obeys the settings of the home');

/** A model in the answer of the pinned `claude` to `initialize`. */
interface ListedModel {
  value: string;
  resolvedModel: string;
  supportsThinkingOff: boolean;
}

/** The models that one process of `claude` lists, and its API request. */
interface Answers {
  models: ListedModel[];
  request: Record<string, unknown>;
}

/** Starts `claude` with a model and without thinking, asks for its models and sends it a prompt. */
async function askWith(stage: Stage, model: string): Promise<Answers> {
  const streams = ['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
  const asked = promisify(execFile)(claude, ['-p', ...streams, '--model', model], {
    cwd: stage.project,
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: stage.home, ...stage.api.environment() },
      MAX_THINKING_TOKENS: '0',
    },
    maxBuffer: 2 ** 24,
  });
  const prompt = promptLine({ id: randomUUID(), text: scripted({ text: 'Done.' }) });
  asked.child.stdin?.end(`${initializeLine({})}${prompt}`);
  const { stdout } = await asked;
  // biome-ignore lint/suspicious/noExplicitAny: the CLI's own answer, read by name
  const lines: any[] = stdout.split('\n').map((line) => parseObject(line));
  const answer = lines.find((line) => line?.response?.request_id === initializeId);
  return {
    models: answer.response.response.models,
    request: { ...(stage.api.requests.at(-1)?.body ?? {}) },
  };
}

describe.skipIf(asksClaude)('the model facts match the pinned claude for', () => {
  it.each(knownModels.filter(({ remapped }) => !remapped))(
    '$name',
    async ({ name, sampling, thinking }) => {
      const stage = await setStage();
      const { models, request } = await askWith(stage, name);
      const own = models.find(({ resolvedModel }) => resolvedModel === name);
      expect(own?.supportsThinkingOff).toBe(thinking === 'optional');
      expect(request.model).toBe(name);
      // claude sends a default temperature to each model that accepts one.
      expect('temperature' in request).toBe(sampling !== 'none');
    },
  );

  it.each(knownModels.filter(({ remapped }) => remapped))(
    '$name, which claude replaces with another model',
    async ({ name }) => {
      const stage = await setStage();
      expect((await askWith(stage, name)).request.model).not.toBe(name);
    },
  );

  it('every model that it lists, and its aliases', async () => {
    const stage = await setStage();
    const { models } = await askWith(stage, 'opusplan');
    for (const { value, resolvedModel } of models) {
      expect(factsOf(resolvedModel), resolvedModel).toBeDefined();
      expect(samplingOf(value), value).toBe(samplingOf(resolvedModel));
    }
  });

  it('the days on which models retire, from the table in its code', async () => {
    const table = await retirementsIn(await realpath(claude));
    const known = knownModels.filter(({ retires, remapped }) => retires || remapped);
    expect(Object.fromEntries(known.map(({ name, retires }) => [name, retires ?? {}]))).toEqual(
      table,
    );
  });
});

/** Reads the retirement days in the code of the CLI: by model and provider, as in facts.json. */
async function retirementsIn(program: string): Promise<Record<string, ModelFacts['retires']>> {
  const row = /"(claude-[a-z0-9-]+)":\{modelName:"[^"]*",retirementDates:\{([^}]*)\}/g;
  const table: Record<string, ModelFacts['retires']> = {};
  const file = await open(program);
  try {
    let before = '';
    for await (const chunk of file.createReadStream({ highWaterMark: 16 * 1024 ** 2 })) {
      const text = before + chunk.toString('latin1');
      for (const [, name = '', dates = ''] of text.matchAll(row)) table[name] = daysIn(dates);
      before = text.slice(-4096);
    }
  } finally {
    await file.close();
  }
  return table;
}

function daysIn(dates: string): Record<string, string> {
  const days = [...dates.matchAll(/(\w+):"([^"]*)"/g)].map(([, provider = '', day = '']) => [
    provider,
    new Date(`${day} UTC`).toISOString().slice(0, 10),
  ]);
  return Object.fromEntries(days);
}
