import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { beginningOf } from '../text/cut.ts';
import { readFile, readlink } from './calls.ts';

/**
 * Returns a short name of the place in which process ids of this process have a meaning: one start of
 * one machine, and one set of processes that see each other.
 */
export async function placeTag(): Promise<string> {
  const [boot, processes] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]);
  const place = [hostname(), boot.trim(), processes].join(' ');
  return beginningOf(createHash('sha256').update(place).digest('hex'), 12);
}
