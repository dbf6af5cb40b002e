import { fromHome, givenPath, wholePath } from '../config/given-path.ts';
import type { EffectiveOptions } from '../config/options.ts';
import { asList, asObject } from '../stream-json/message.ts';

type Servers = NonNullable<EffectiveOptions['mcp_config']>;

/** Returns the options with whole paths: neither `claude` nor a process replaces `~`. */
export function withWholePaths(options: EffectiveOptions, cwd: string): EffectiveOptions {
  const { add_dirs, mcp_config } = options;
  return {
    ...options,
    ...(add_dirs && { add_dirs: add_dirs.map((folder) => wholePath(cwd, folder)) }),
    ...(mcp_config && { mcp_config: withCommands(mcp_config) }),
  };
}

/** Names the first command of an MCP server that cannot be a path as it is written. */
export function commandProblem({ mcp_config = {} }: EffectiveOptions): string | undefined {
  for (const [name, server] of Object.entries(serversOf(mcp_config))) {
    const command = asObject(server)?.command;
    // claude itself replaces ${NAME}, so only the other forms are wrong.
    const path = typeof command === 'string' ? command.replaceAll(/\$\{[^}]*\}/g, 'x') : 'x';
    const [issue] = givenPath.safeParse(path).error?.issues ?? [];
    if (issue) {
      return `Expected the command of MCP server ${JSON.stringify(name)} to be ${issue.message}, found ${JSON.stringify(command)}; correct it.`;
    }
  }
  return undefined;
}

const serversOf = (config: Servers): Servers => asObject(config.mcpServers) ?? config;

function withCommands(config: Servers): Servers {
  const servers = Object.fromEntries(
    Object.entries(serversOf(config)).map(([name, server]) => [name, withCommand(server)]),
  );
  return 'mcpServers' in config ? { ...config, mcpServers: servers } : servers;
}

/** Replaces `~` where a shell would: at the beginning of the command, and of each argument. */
function withCommand(server: unknown): unknown {
  const fields = asObject(server);
  if (!fields) return server;
  const { command, args } = fields;
  const home = (word: unknown) => (typeof word === 'string' ? fromHome(word) : word);
  return {
    ...fields,
    ...(command === undefined ? {} : { command: home(command) }),
    ...(Array.isArray(args) ? { args: asList(args).map(home) } : {}),
  };
}
