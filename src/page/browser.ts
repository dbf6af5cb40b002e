import { spawn } from 'node:child_process';

/** Opens a file in the user's browser; does nothing where there is none. */
export function openInBrowser(path: string, env: NodeJS.ProcessEnv): void {
  const opener = openerFor(process.platform, env);
  if (opener === undefined) return;
  const child = spawn(opener, [path], { detached: true, stdio: 'ignore', env });
  // Without an opener the user still has the file's path.
  child.on('error', () => {});
  child.unref();
}

/** Returns the command that opens a file; undefined where there is no screen. */
export function openerFor(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): 'open' | 'xdg-open' | undefined {
  if (env.SSH_CONNECTION) return undefined;
  if (platform === 'darwin') return 'open';
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
}
