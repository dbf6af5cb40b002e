/** As large as the piece in which a file is read. */
const lentBytes = 256 * 1024;

/** As many as Node reads files at once; more would only be memory that waits. */
const mostLent = 4;

const idle: Buffer[] = [];
const waiting: ((buffer: Buffer) => void)[] = [];
let lent = 0;

/**
 * Lends a buffer for as long as `use` takes, and lets it wait until there is one: a thousand workers
 * that speak at once are read with the memory of a few.
 */
export async function withLentBuffer<Value>(
  use: (buffer: Buffer) => Promise<Value>,
): Promise<Value> {
  const buffer = await borrow();
  try {
    return await use(buffer);
  } finally {
    const next = waiting.shift();
    if (next) next(buffer);
    else {
      lent -= 1;
      idle.push(buffer);
    }
  }
}

function borrow(): Buffer | Promise<Buffer> {
  if (lent === mostLent) return new Promise((resolve) => waiting.push(resolve));
  lent += 1;
  return idle.pop() ?? Buffer.allocUnsafeSlow(lentBytes);
}
