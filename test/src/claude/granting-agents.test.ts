import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AgentPlaces, grantingAgents } from '../../../src/claude/granting-agents.ts';
import { temporaryFolder } from '../fixtures.ts';

/** Writes agent files below a new folder; returns the agents that a worker there may not start. */
async function deniedBy(
  files: Record<string, string>,
  places: Partial<AgentPlaces['options']> & { config?: boolean } = {},
) {
  const root = await temporaryFolder();
  for (const [name, front] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `---\n${front}\n---\nWork.\n`);
  }
  const { config = false, ...options } = places;
  const env = {
    HOME: join(root, 'home'),
    ...(config && { CLAUDE_CONFIG_DIR: join(root, 'config') }),
  };
  const cwd = join(root, 'project/sub');
  await mkdir(cwd, { recursive: true });
  return grantingAgents({ cwd, env, options: { permission_mode: 'default', ...options } });
}

const granting = 'name: loose\npermissionMode: acceptEdits';

describe('grantingAgents', () => {
  it.each([
    ['project/sub/.claude/agents/a.md', {}],
    ['project/.claude/agents/deep/er/a.md', {}],
    ['home/.claude/agents/a.md', {}],
    ['config/agents/a.md', { config: true }],
    ['project/other/.claude/agents/a.md', { add_dirs: ['../other'] }],
  ])('finds %s', async (path, places) => {
    expect(await deniedBy({ [path]: granting }, places)).toEqual(['a', 'loose']);
  });

  it.each(['acceptEdits', 'bypassPermissions', 'auto', 'a new mode', '[acceptEdits]'])(
    'denies an agent in the mode %s',
    async (mode) => {
      const front = `name: one\npermissionMode: ${mode}`;
      expect(await deniedBy({ 'home/.claude/agents/one.md': front })).toEqual(['one']);
    },
  );

  it.each(['default', 'plan', 'dontAsk', '"plan"'])(
    'allows an agent in the mode %s',
    async (mode) => {
      const front = `name: one\npermissionMode: ${mode}`;
      expect(await deniedBy({ 'home/.claude/agents/one.md': front })).toEqual([]);
    },
  );

  it.each(['acceptEdits', 'auto', 'bypassPermissions'] as const)(
    'denies no agent to a worker in the mode %s',
    async (permission_mode) => {
      const files = { 'home/.claude/agents/a.md': granting };
      expect(await deniedBy(files, { permission_mode })).toEqual([]);
    },
  );

  it('reads a file that is not YAML line by line', async () => {
    const front =
      "description: Use it: to write.\n 'name' : loose # me\npermissionMode: 'acceptEdits'";
    expect(await deniedBy({ 'home/.claude/agents/a.md': front })).toEqual(['a', 'loose']);
  });

  it.each([
    ['stands twice', 'permissionMode: acceptEdits\npermissionMode: default'],
    ['stands twice, the granting one last', 'permissionMode: default\npermissionMode: acceptEdits'],
    ['is merged from an anchor', 'base: &b {permissionMode: acceptEdits}\n<<: *b'],
    ['has spaces around it', '  permissionMode :   acceptEdits  '],
    ['is in a flow map', '{name: loose, permissionMode: acceptEdits}'],
  ])('denies an agent whose mode %s', async (_, front) => {
    expect(await deniedBy({ 'home/.claude/agents/a.md': front })).toContain('a');
  });

  it.each(['--- \n', '---\r\n', '\uFEFF---\n', '\n---\n'])(
    'reads a front matter that begins with %j',
    async (begin) => {
      const root = await temporaryFolder();
      const folder = join(root, '.claude/agents');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'a.md'), `${begin}${granting}\n---\nWork.\n`);
      const places = {
        cwd: root,
        env: { HOME: root },
        options: { permission_mode: 'default' },
      } as const;
      expect(await grantingAgents(places)).toEqual(['a', 'loose']);
    },
  );

  it('skips files without a front matter, and files that are no agents', async () => {
    const files = { 'home/.claude/agents/a.txt': granting, 'home/.claude/commands/b.md': granting };
    expect(await deniedBy(files)).toEqual([]);
  });
});
