/** Buffers of one size that are used again, so that reading leaves no garbage. */
export interface BufferPool {
  /** Calls `work` with a buffer, valid until `work` settles. Waits while all buffers are in use. */
  use<Value>(work: (buffer: Buffer) => Value | Promise<Value>): Promise<Value>;
}

export interface BufferPoolInput {
  /** The size of each buffer. */
  bytes: number;
  /** How many buffers may be in use at once; no limit by default. */
  limit?: number;
  /** How many idle buffers are kept. */
  spare: number;
}

export function createBufferPool({ bytes, limit = Infinity, spare }: BufferPoolInput): BufferPool {
  const idle: Buffer[] = [];
  const queue: ((buffer: Buffer) => void)[] = [];
  let inUse = 0;

  const take = (): Buffer | Promise<Buffer> => {
    if (inUse === limit) return new Promise((resolve) => queue.push(resolve));
    inUse += 1;
    return idle.pop() ?? Buffer.allocUnsafeSlow(bytes);
  };
  const giveBack = (buffer: Buffer) => {
    const next = queue.shift();
    if (next) return next(buffer);
    inUse -= 1;
    if (idle.length < spare) idle.push(buffer);
  };

  return {
    async use(work) {
      const buffer = await take();
      try {
        return await work(buffer);
      } finally {
        giveBack(buffer);
      }
    },
  };
}
