import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PermissionRequest, WorkerSpec } from '../../machines/worker.ts';
import { withDefaults } from '../../src/config/options.ts';

/** Makes a folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'awm-unit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a private FIFO, as a server does. */
export function makeFifo(path: string): void {
  execFileSync('mkfifo', ['-m', '600', path]);
}

/** Returns the nth worker id. */
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

/** A list of items that arrive one by one, and that a test can wait for. */
export interface Inbox<Item> {
  readonly items: Item[];
  readonly push: (item: Item) => void;
  /** Resolves when the items satisfy `isEnough`. */
  until(isEnough: (items: Item[]) => boolean): Promise<Item[]>;
  /** Resolves when there are at least `count` items. */
  count(count: number): Promise<Item[]>;
}

export function createInbox<Item>(): Inbox<Item> {
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  const until: Inbox<Item>['until'] = (isEnough) =>
    new Promise((resolve) => {
      const check = () => {
        if (!isEnough(items)) return;
        waiting.delete(check);
        resolve(items);
      };
      waiting.add(check);
      check();
    });
  return {
    items,
    push(item) {
      items.push(item);
      for (const check of [...waiting]) check();
    },
    until,
    count: (count) => until((list) => list.length >= count),
  };
}
