import { createBufferPool } from './buffer-pool.ts';
import { createGarbageCollection } from './collect-garbage.ts';
import { createPoll } from './poll.ts';

/**
 * What all readers of this process share, because the process has one memory and one event loop.
 * Each is created by a factory that tests use alone.
 */

/** Buffers for a part of a file. Node reads four files at once; more buffers would only wait. */
export const chunkBuffers = createBufferPool({ bytes: 256 * 1024, limit: 4, spare: 4 });

/** Buffers for a whole file, as most journals are smaller. */
export const fileBuffers = createBufferPool({ bytes: 512 * 1024, spare: 16 });

/** Polls about every 2 s. */
export const poll = createPoll({ roundMs: 2_000, stepMs: 100 });

/** Counts the bytes read, and collects the heap when it has grown. */
export const countBytesRead = createGarbageCollection();
