import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PermissionRequest, WorkerSpec } from '../../machines/worker.ts';
import { withDefaults } from '../../src/config/options.ts';

/** A folder that is removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'awm-unit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a FIFO as the launcher does. */
export function makeFifo(path: string): void {
  execFileSync('mkfifo', ['-m', '600', path]);
}

/** The nth worker id. */
export function workerId(number = 1): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function workerSpec(fields: Partial<WorkerSpec> = {}): WorkerSpec {
  return {
    worker_id: workerId(),
    session_id: 'aaaaaaaa-0000-4000-8000-000000000001',
    description: 'A test worker',
    agent_type: null,
    cwd: tmpdir(),
    time_limit_seconds: null,
    options: withDefaults({}, {}),
    ...fields,
  };
}

export function permissionRequest(fields: Partial<PermissionRequest> = {}): PermissionRequest {
  return {
    request_id: 'r1',
    cli_id: 'c1',
    tool: 'Bash',
    input: { command: 'ls' },
    suggestions: [],
    ...fields,
  };
}

/** What comes in one by one, for tests that wait until it is there. */
export interface Inbox<Item> {
  readonly items: Item[];
  readonly push: (item: Item) => void;
  /** Resolves when the items so far satisfy `isEnough`. */
  until(isEnough: (items: Item[]) => boolean): Promise<Item[]>;
  count(count: number): Promise<Item[]>;
}

export function createInbox<Item>(): Inbox<Item> {
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  const until: Inbox<Item>['until'] = (isEnough) =>
    new Promise((resolve) => {
      const look = () => {
        if (!isEnough(items)) return;
        waiting.delete(look);
        resolve(items);
      };
      waiting.add(look);
      look();
    });
  return {
    items,
    push(item) {
      items.push(item);
      for (const look of [...waiting]) look();
    },
    until,
    count: (count) => until((list) => list.length >= count),
  };
}
