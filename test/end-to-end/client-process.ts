import { openSession } from './open-session.ts';
import type { ClientTask } from './support-client.ts';

/**
 * An MCP client as a process of its own, so that a test can kill it: it spawns the workers that its
 * argument names, then waits and grants every permission, again and again. It writes the ids of the
 * workers as one line, and a second line once a `wait` is open.
 */
const task: ClientTask = JSON.parse(process.argv[2] ?? '');
const session = await openSession({ name: 'claude-code', ...task });
const ids: string[] = [];
for (const prompt of task.prompts) ids.push(await session.spawn(prompt));
process.stdout.write(`${JSON.stringify(ids)}\n`);
let isWaiting = false;
const onprogress = () => {
  if (!isWaiting) process.stdout.write('waiting\n');
  isWaiting = true;
};
for (;;) {
  const { pending_permissions } = await session.call('wait', {}, { onprogress });
  for (const { request_id } of pending_permissions) {
    await session.call('approve_permission', { request_id, allow: true });
  }
}
