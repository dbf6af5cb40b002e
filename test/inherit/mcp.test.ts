import { readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { scripted, setStage, toolResultsOf } from '../end-to-end/harness.ts';
import { writeMcpServer } from '../end-to-end/support-mcp-server.ts';
import { run, toolsOf } from '../end-to-end/support-worker.ts';
import { treeOf } from '../protocol/tree.ts';

it('the MCP servers of the project and of the user do not start in a worker', async () => {
  const stage = await setStage();
  const marks = ['project', 'user'].map((name) => join(stage.outside, `${name}-started`));
  const [ofProject, ofUser] = await Promise.all(
    marks.map((mark) => writeMcpServer(stage.outside, mark)),
  );
  await writeFile(
    join(stage.project, '.mcp.json'),
    JSON.stringify({ mcpServers: { echo: ofProject } }),
  );
  await writeFile(
    join(stage.home, '.claude.json'),
    JSON.stringify({ mcpServers: { echo: ofUser } }),
  );
  const worker = await run(stage, await stage.connect(), scripted({ text: 'Done.' }));
  expect(worker.row).not.toHaveProperty('reason');
  expect(toolsOf(worker).filter((name) => name.startsWith('mcp__'))).toEqual([]);
  const files = await readdir(stage.outside);
  expect(files.filter((name) => name.endsWith('-started'))).toEqual([]);
});

it('a worker that loads this server can neither spawn nor adopt nor resume workers', async () => {
  const stage = await setStage();
  const earlier = await stage.connect();
  const other = await run(stage, earlier, scripted({ text: 'Finished long ago.' }));
  await earlier.call('stop_worker', { worker_ids: [other.id] });
  await earlier.close();
  const folder = join(stage.state, `worker-${other.id}`);
  const before = await treeOf(folder);

  const call = (tool: string, input: Record<string, unknown>) => ({
    tools: [{ name: `mcp__workers__${tool}`, input }],
  });
  const prompt = scripted({ text: 'Deeper.' });
  const calls = [
    call('spawn_worker', { description: 'One level too deep', prompt }),
    call('list_workers', {}),
    call('resume_worker', { worker_id: other.id, prompt }),
    call('stop_worker', { worker_ids: [other.id] }),
    call('approve_permission', { request_id: other.id, allow: true }),
  ];
  const session = await stage.connect();
  const worker = await run(stage, session, scripted(...calls, { text: 'Done.' }), {
    allowed_tools: ['mcp__workers__*'],
    mcp_config: { workers: { command: process.execPath, args: [resolve('dist/main.mjs')] } },
  });
  const results = worker.requests.flatMap(toolResultsOf).map(({ content }) => content);
  const tooDeep = expect.stringContaining('This server runs inside a worker');
  const none = expect.stringContaining('{"workers":[]}');
  expect(results).toEqual([tooDeep, none, tooDeep, tooDeep, tooDeep]);
  expect(await treeOf(folder)).toEqual(before);
});
