import { execa } from 'execa';
import type { Launch, LaunchInput } from './launch.ts';

/** The oldest `claude` that workers run on; docs/compatibility.md has the tests with it. */
export const oldestClaude = '2.1.260';

/** How long `claude --version` may take, in milliseconds. Without an answer, any version is taken. */
const answerMs = 5_000;

/**
 * Returns a launch that refuses a `claude` that is too old. It asks each command once for its version;
 * only a command that was refused is asked again, because it may be updated meanwhile.
 * @throws Error naming the version that is needed.
 */
export function withVersionCheck(launch: Launch): Launch {
  const taken = new Map<string, Promise<void>>();
  return async (input) => {
    const { command } = input;
    const check = taken.get(command) ?? refuseOld(input);
    taken.set(command, check);
    await check.catch((error: unknown) => {
      taken.delete(command);
      throw error;
    });
    return launch(input);
  };
}

async function refuseOld({ command, env: given, cwd }: LaunchInput): Promise<void> {
  // It is no process of the worker, so `stop_worker` does not name it.
  const { AWM_WORKER: _, ...env } = given;
  const { stdout = '' } = await execa(command, ['--version'], {
    // With `cleanup`, execa handles signals, and a full file (SIGXFSZ) would end the server.
    ...{ env, cwd, extendEnv: false, cleanup: false, stdin: 'ignore', reject: false },
    ...{ timeout: answerMs, killSignal: 'SIGKILL', maxBuffer: 1024 ** 2 },
  });
  const version = versionIn(stdout);
  if (version === undefined || !isOlder(version, oldestClaude)) return;
  throw new Error(
    `claude ${version} is too old: workers need ${oldestClaude} or later. Run \`claude update\`, or name another claude in --claude or AWM_CLAUDE.`,
  );
}

/** Returns the version in the answer of `claude --version`; undefined when it is no such answer. */
export function versionIn(text: string): string | undefined {
  return /(\d+\.\d+\.\d+)\S* \(Claude Code\)/.exec(text)?.[1];
}

/** True if a version, such as 2.1.99, is before another version. */
export function isOlder(version: string, other: string): boolean {
  const [left = [], right = []] = [version, other].map((text) => text.split('.').map(Number));
  const index = left.findIndex((number, place) => number !== right[place]);
  return index >= 0 && (left[index] ?? 0) < (right[index] ?? 0);
}
