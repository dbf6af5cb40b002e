import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Session } from './harness.ts';

const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];

/** Runs a command in a pid namespace of its own, which ends with it. */
const unshare = ['unshare', ...asRoot, '--pid', '--fork', '--kill-child'];

/** Runs a command under a first process that outlives it, as a container has one. */
const underFirst = [
  ...['sh', '-c', 'exec 3<&0; "$@" <&3 & exec 3<&-; exec >&2; wait; sleep 600', 'sh'],
];

/** Runs a server in a pid namespace of its own, with a `/proc` of its own. */
export const inside = [...unshare, '--mount-proc', '--', ...underFirst];

/** As `inside`, but `/proc` lists the processes of the host, whose pids mean nothing inside. */
export const insideBlind = [...unshare, '--', ...underFirst];

/** Returns why no pid namespace can be made here; undefined where it can. */
export async function whyNoNamespace(): Promise<string | undefined> {
  const [command = '', ...args] = [...unshare, '--mount-proc', '--', 'true'];
  return promisify(execFile)(command, args).then(
    () => undefined,
    (error: unknown) => `No pid namespaces here, so nothing is tested in them: ${String(error)}`,
  );
}

/** Ends a namespace that a session was started in, and all its processes. */
export async function endNamespace({ client, pid }: Session): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  const first = await childOf(pid);
  process.kill(first, 'SIGKILL');
  await closed;
}

/** Sends a signal to the server inside a namespace; the other processes there live on. */
export async function endServerInside(
  session: Session,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  process.kill(await childOf(await childOf(session.pid)), signal);
}

/** Ends the server inside a namespace, with time to give its leases back; the namespace lives on. */
export async function leaveInside(session: Session): Promise<void> {
  const server = await childOf(await childOf(session.pid));
  process.kill(server, 'SIGTERM');
  while (isThere(server)) await sleep(50);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Returns the pid, as seen from the host, of the first child of a process. */
async function childOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const [child] = children.trim().split(' ');
  if (!child) throw new Error(`Process ${pid} has no child.`);
  return Number(child);
}
