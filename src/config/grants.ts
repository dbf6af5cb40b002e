import type { Options } from './options.ts';

/** Permission modes in which `claude` allows some tools without a request. */
const grantingModes = ['acceptEdits', 'auto', 'bypassPermissions'];

/** Options that grant something without a request: `claude` runs the command of an MCP server at once. */
const grantingOptions = ['allowed_tools', 'add_dirs', 'mcp_config'] as const;

/** Returns the names of the options that grant something without a request. */
export function grantsIn(options: Options): (keyof Options)[] {
  const isModeGrant = grantingModes.includes(options.permission_mode ?? 'default');
  const granting = grantingOptions.filter((name) => options[name] !== undefined);
  return isModeGrant ? ['permission_mode', ...granting] : granting;
}

/** Returns the options without these. */
export function without(options: Options, names: readonly (keyof Options)[]): Options {
  const isKept = ([name]: [string, unknown]) => !names.some((one) => one === name);
  return Object.fromEntries(Object.entries(options).filter(isKept));
}
