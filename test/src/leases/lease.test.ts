import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  dropLease,
  type Judge,
  type Lease,
  readLease,
  takeLease,
} from '../../../src/leases/lease.ts';
import type { Liveness } from '../../../src/processes/liveness.ts';
import { temporaryFolder } from '../fixtures.ts';

const newPath = async () => join(await temporaryFolder(), 'lease.json');

const server = (pid: number): Lease => ({ pid, start_time: `start of ${pid}`, since: 1 });

/** Servers with a pid of at least 100 are alive, all others are dead. */
const judge: Judge = async ({ pid }) => (pid >= 100 ? 'alive' : 'gone');

const dead = server(7);

/** Lets several servers take a lease together; returns the winners and all results. */
async function takeAtOnce(path: string, count: number) {
  const servers = Array.from({ length: count }, (_, index) => server(100 + index));
  const results = await Promise.all(servers.map((own) => takeLease(path, own, judge)));
  const owners = servers.filter((_, index) => results[index] === undefined);
  return { owners, results };
}

describe('a lease', () => {
  it('goes to the first server that takes it', async () => {
    const path = await newPath();
    expect(await takeLease(path, server(100), judge)).toBeUndefined();
    expect(await readLease(path)).toEqual(server(100));
  });

  it('stays with a living owner, and the other server gets the owner', async () => {
    const path = await newPath();
    await takeLease(path, server(100), judge);
    expect(await takeLease(path, server(101), judge)).toEqual(server(100));
    expect(await readLease(path)).toEqual(server(100));
  });

  it('does not change when its owner takes it again', async () => {
    const path = await newPath();
    await takeLease(path, server(100), judge);
    expect(await takeLease(path, { ...server(100), since: 2 }, judge)).toBeUndefined();
    expect(await readLease(path)).toEqual(server(100));
  });

  it('goes from a dead owner to the next server', async () => {
    const path = await newPath();
    await writeFile(path, JSON.stringify(dead));
    expect(await takeLease(path, server(100), judge)).toBeUndefined();
    expect(await readLease(path)).toEqual(server(100));
  });

  it('stays with an owner of whom nothing is known, also when another server drops leases', async () => {
    const path = await newPath();
    await takeLease(path, server(100), judge);
    const unknown: Judge = async () => 'unknown';
    expect(await takeLease(path, server(101), unknown)).toEqual(server(100));
    await dropLease(path, server(101), unknown);
    expect(await readLease(path)).toEqual(server(100));
  });

  it('of a process with the same id and start time in another place is the lease of another server', async () => {
    const path = await newPath();
    const placed = (pid_namespace: string) => ({
      ...server(100),
      ...{ host: 'a', boot_id: 'b', pid_namespace },
    });
    await takeLease(path, placed('one'), judge);
    expect(await takeLease(path, placed('two'), judge)).toEqual(placed('one'));
  });

  it('goes from an owner whose process id is used again to the next server', async () => {
    const path = await newPath();
    const now: Judge = async (owner) => (owner.start_time === 'new' ? 'alive' : 'gone');
    await writeFile(path, JSON.stringify({ ...dead, start_time: 'old' }));
    expect(await takeLease(path, { ...dead, start_time: 'new' }, now)).toBeUndefined();
    expect(await readLease(path)).toMatchObject({ start_time: 'new' });
  });

  it.each(['', '{"pid":1', '[]', '{"pid":-1,"start_time":"x","since":1}', 'null'])(
    'that is not valid has no owner, and can be taken: %j',
    async (text) => {
      const path = await newPath();
      await writeFile(path, text);
      expect(await readLease(path)).toBeUndefined();
      expect(await takeLease(path, server(100), judge)).toBeUndefined();
      expect(await readLease(path)).toEqual(server(100));
    },
  );

  it('is a private file, and leaves no temporary file in the folder', async () => {
    const path = await newPath();
    await writeFile(path, JSON.stringify(dead));
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    await takeLease(path, server(100), judge);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(join(path, '..'))).sort()).toEqual(['lease.json', 'lease.json.1']);
  });
});

/** Starts server 100, which pauses in its check of the owner; after `wake` it finds the owner dead. */
async function sleeper(path: string, owner: Lease) {
  let wake = () => {};
  let sleeping: Promise<Lease | undefined> = Promise.resolve(undefined);
  await new Promise<void>((fallAsleep) => {
    const sleepy: Judge = async ({ pid }) => {
      if (pid !== owner.pid) return pid === 102 ? 'alive' : 'gone';
      return new Promise<Liveness>((resolve) => {
        wake = () => resolve('gone');
        fallAsleep();
      });
    };
    sleeping = takeLease(path, server(100), sleepy);
  });
  return { sleeping, wake };
}

describe('of many servers that take a lease together, exactly one gets it', () => {
  it.each([
    ['that had no owner', async () => {}],
    ['whose owner is dead', (path: string) => takeLease(path, dead, judge)],
    ['of which only lease.json is left', (path: string) => writeFile(path, JSON.stringify(dead))],
    ['that is not valid', (path: string) => writeFile(path, '{')],
  ])('%s', async (_, prepare) => {
    const folder = await temporaryFolder();
    for (let round = 0; round < 40; round += 1) {
      const path = join(folder, `${round}.json`);
      await prepare(path);
      const { owners, results } = await takeAtOnce(path, 6);
      expect(owners, `round ${round}`).toHaveLength(1);
      expect(await readLease(path)).toEqual(owners[0]);
      expect(results.filter((owner) => owner !== undefined)).toEqual(Array(5).fill(owners[0]));
    }
  });

  it('also when one of them paused while two other servers took the lease', async () => {
    const path = await newPath();
    await takeLease(path, dead, judge);
    const { sleeping, wake } = await sleeper(path, dead);
    await takeLease(path, server(101), judge);
    await takeLease(path, server(102), async () => 'gone');
    wake();
    expect(await sleeping).toEqual(server(102));
    expect(await readLease(path)).toEqual(server(102));
    expect(await readdir(join(path, '..'))).toEqual(['lease.json', 'lease.json.3']);
  });

  it.each([1, 2])(
    'also when one of them paused while the lease was given up under number %i and taken again',
    async (number) => {
      const path = await newPath();
      if (number === 2) await takeLease(path, dead, judge);
      await takeLease(path, server(101), judge);
      const { sleeping, wake } = await sleeper(path, server(101));
      await dropLease(path, server(101), judge);
      await takeLease(path, server(102), judge);
      wake();
      expect(await sleeping).toEqual(server(102));
      expect(await readLease(path)).toEqual(server(102));
      expect(await readdir(join(path, '..'))).toEqual(['lease.json', 'lease.json.1']);
    },
  );

  it('and a server that paused while the lease was given up gets it if no other server has', async () => {
    const path = await newPath();
    await takeLease(path, server(101), judge);
    const { sleeping, wake } = await sleeper(path, server(101));
    await dropLease(path, server(101), judge);
    wake();
    expect(await sleeping).toBeUndefined();
    expect(await readLease(path)).toEqual(server(100));
  });

  it('also while servers give it up, die, and take it again', async () => {
    const folder = await temporaryFolder();
    for (let round = 0; round < 30; round += 1) {
      const path = join(folder, `${round}.json`);
      const gone = new Set<number>();
      const lives: Judge = async ({ pid }) => {
        // The check takes time, in which other servers change the lease.
        for (let step = Math.random() * 12; step > 0; step -= 1) await new Promise(setImmediate);
        return gone.has(pid) ? 'gone' : 'alive';
      };
      const owners = new Set<number>();
      const live = async (pid: number) => {
        for (let turn = 0; turn < 4; turn += 1) {
          if (await takeLease(path, server(pid + turn * 1000), lives)) continue;
          owners.add(pid + turn * 1000);
          expect(owners.size, `round ${round}`).toBe(1);
          await readLease(path);
          owners.delete(pid + turn * 1000);
          // Half of the servers end in order, the others die.
          if (turn % 2 === 0) await dropLease(path, server(pid + turn * 1000), lives);
          gone.add(pid + turn * 1000);
        }
      };
      await Promise.all([1, 2, 3, 4, 5].map(live));
    }
  });

  it('and a server that takes it twice together has it both times', async () => {
    const folder = await temporaryFolder();
    for (let round = 0; round < 40; round += 1) {
      const path = join(folder, `${round}.json`);
      const twice = [1, 2].map(() => takeLease(path, server(100), judge));
      expect(await Promise.all(twice), `round ${round}`).toEqual([undefined, undefined]);
    }
  });

  it('also when the servers are separate processes', async () => {
    const folder = await temporaryFolder();
    const takers = await Promise.all(Array.from({ length: 6 }, () => startTaker()));
    for (let round = 0; round < 40; round += 1) {
      const path = join(folder, `${round}.json`);
      await takeLease(path, dead, judge);
      const results = takers.map((taker) => once(taker, 'message'));
      for (const taker of takers) taker.send(path);
      const took = (await Promise.all(results)).filter(([result]) => result === 'taken');
      expect(took, `round ${round}`).toHaveLength(1);
    }
  });
});

/** Starts a process that takes the lease of each path that it receives, under its own id. */
async function startTaker() {
  const source = JSON.stringify(join(process.cwd(), 'src/leases/lease.ts'));
  const file = join(await temporaryFolder(), 'taker.mts');
  const script = `
    import { takeLease } from ${source};
    const own = { pid: process.pid, start_time: 'now', since: 1 };
    process.on('message', async (path) => {
      const owner = await takeLease(path, own, async ({ pid }) => pid === ${dead.pid} ? 'gone' : 'alive');
      process.send?.(owner ? 'refused' : 'taken');
    });
    process.send?.('ready');
  `;
  await writeFile(file, script);
  const taker = fork(file, { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void taker.kill('SIGKILL'));
  await once(taker, 'message');
  return taker;
}
