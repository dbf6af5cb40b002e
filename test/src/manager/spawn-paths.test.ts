import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { withDefaults } from '../../../src/config/options.ts';
import { commandProblem, withWholePaths } from '../../../src/manager/spawn-paths.ts';

const home = homedir();
const options = (mcp_config: Record<string, unknown>) => withDefaults({ mcp_config }, {});

it('added folders become whole paths', () => {
  const given = withDefaults({ add_dirs: ['~', '~/x', 'lib', '/a/../b'] }, {});
  expect(withWholePaths(given, '/work').add_dirs).toEqual([home, `${home}/x`, '/work/lib', '/b']);
});

it('the command of an MCP server and its arguments begin in the home folder, as in a shell', () => {
  const server = {
    command: '~/bin/s',
    args: ['~/data', '~', 'a~', '--in=~/x', 5],
    env: { A: '~' },
  };
  const located = {
    ...server,
    command: `${home}/bin/s`,
    args: [`${home}/data`, home, 'a~', '--in=~/x', 5],
  };
  const remote = { type: 'http', url: 'https://example.com/~bob' };
  expect(withWholePaths(options({ one: server, remote }), '/').mcp_config).toEqual({
    ...{ one: located, remote },
  });
  const nested = { mcpServers: { one: server }, other: 1 };
  expect(withWholePaths(options(nested), '/').mcp_config).toEqual({
    ...{ mcpServers: { one: located }, other: 1 },
  });
});

it('options without paths stay as they are', () => {
  const given = withDefaults({ model: 'opus', mcp_config: { odd: 5, list: [] } }, {});
  expect(withWholePaths(given, '/work')).toEqual(given);
});

it.each(['~bob/s', '$HOME/s', '/opt/$NAME'])('the command %j is refused', (command) => {
  const problem = commandProblem(options({ fine: { command: 'npx' }, wrong: { command } }));
  expect(problem).toMatch(
    /^Expected the command of MCP server "wrong" to be a path .*; correct it\.$/,
  );
  expect(problem).toContain(`found ${JSON.stringify(command)}`);
  expect(commandProblem(options({ mcpServers: { wrong: { command } } }))).toBe(problem);
});

it.each(['npx', '~/s', `\${HOME}/s`, `\${TOOLS:-/opt}/s`, undefined, 5])(
  'the command %j is no problem',
  (command) => {
    expect(commandProblem(options({ one: { command } }))).toBeUndefined();
  },
);
