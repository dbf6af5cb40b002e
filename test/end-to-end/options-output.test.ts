import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import { scripted, setStage, toolResultsOf } from './harness.ts';
import { writeMcpServer } from './support-mcp-server.ts';
import { shareSession } from './support-shared.ts';
import { bodyOf, run } from './support-worker.ts';

const done: Step = { text: 'Done.' };
const shared = shareSession();

describe('output_schema', () => {
  const output_schema = {
    type: 'object',
    properties: { answer: { type: 'number' } },
    required: ['answer'],
  };
  const structured = (input: Record<string, unknown>): Step => ({
    tools: [{ name: 'StructuredOutput', input }],
  });

  it('makes the answer an object, in the turn and at the top of the history file', async () => {
    const { stage, session } = shared();
    const prompt = scripted(structured({ answer: 42 }), done);
    const worker = await run(stage, session, prompt, { output_schema });
    const offered = bodyOf(worker).tools.find(
      ({ name }: { name: string }) => name === 'StructuredOutput',
    );
    expect(offered.input_schema).toMatchObject(output_schema);
    expect(worker.history).toMatchObject({
      status: 'completed',
      structured_output: { answer: 42 },
      turns: [{ structured_output: { answer: 42 } }],
    });
  });

  it('is requested again when the first answer does not match it', async () => {
    const { stage, session } = shared();
    const prompt = scripted(structured({ answer: 'many' }), structured({ answer: 7 }), done);
    const worker = await run(stage, session, prompt, { output_schema });
    expect(worker.history.structured_output).toEqual({ answer: 7 });
  });

  it('fails the worker when the model returns no object in any answer', async () => {
    const { stage, session } = shared();
    const prompt = scripted(done, done, done);
    const worker = await run(stage, session, prompt, { output_schema });
    expect(worker.history).not.toHaveProperty('structured_output');
    expect(worker.row).toMatchObject({ reason: 'no_answer' });
  });
});

describe('mcp_config', () => {
  it('adds the tools of its MCP servers to the worker', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const echo = await writeMcpServer(stage.project, join(stage.project, 'mark'));
    const call = { name: 'mcp__mine__echo', input: { text: 'hello' } };
    const prompt = scripted({ tools: [call] }, done);
    for (const mcp_config of [{ mine: echo }, { mcpServers: { mine: echo } }]) {
      const options = { mcp_config, allowed_tools: ['mcp__mine__echo'] };
      const worker = await run(stage, session, prompt, options);
      expect(toolResultsOf(worker.requests.at(-1))[0]?.content).toContain('echo of hello!');
    }
  });

  it("the servers of the project's .mcp.json are not started", async () => {
    const stage = await setStage();
    const mark = join(stage.project, 'mark');
    const echo = await writeMcpServer(stage.project, mark);
    const file = JSON.stringify({ mcpServers: { project: echo } });
    await writeFile(join(stage.project, '.mcp.json'), file);
    const worker = await run(stage, await stage.connect(), scripted(done));
    await expect(access(mark)).rejects.toThrow('ENOENT');
    expect(JSON.stringify(bodyOf(worker))).not.toContain('mcp__project__echo');
  });
});

describe('fallback_model', () => {
  it.each([404, 500, 529])('runs when the model answers %i', async (status) => {
    const stage = await setStage();
    const fallback_model = 'claude-haiku-4-5';
    const steps = ({ request }: { request: { model: string } }): Step =>
      request.model === fallback_model ? done : { error: { status } };
    stage.api.setRules([{ match: 'Try it', steps }]);
    const model = 'claude-sonnet-4-6';
    const worker = await run(stage, await stage.connect(), 'Try it.', { model, fallback_model });
    expect(worker.history).toMatchObject({ result: 'Done.', model: fallback_model });
    expect(worker.requests[0]?.body).toMatchObject({ model });
    expect(bodyOf(worker)).toMatchObject({ model: fallback_model });
  });

  it('does not run while the model answers', async () => {
    const { stage, session } = shared();
    const options = { model: 'claude-sonnet-4-6', fallback_model: 'claude-haiku-4-5' };
    const worker = await run(stage, session, scripted(done), options);
    expect(worker.history.model).toBe('claude-sonnet-4-6');
  });
});
