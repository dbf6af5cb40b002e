import { type Launch, NotStarted } from './launch.ts';

/** A process that is silent for so long no longer keeps others from starting, in milliseconds. */
const silentMs = 5_000;

/** A launcher that lets only so many processes start at once. */
export interface Stagger {
  launch: Launch;
  /** Whether nothing starts or waits to. */
  readonly isIdle: boolean;
}

/**
 * Starts processes a few at a time: a start is half a second of one core, and more starts than cores
 * only delay each other. The next one begins when one before it has said something or has gone.
 */
export function stagger(launch: Launch, atOnce: number): Stagger {
  const waiting: (() => void)[] = [];
  let starting = 0;

  const enter = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        waiting.splice(waiting.indexOf(admit), 1);
        reject(new NotStarted('It was ended before it was started.'));
      };
      const admit = () => {
        signal?.removeEventListener('abort', giveUp);
        starting += 1;
        resolve();
      };
      if (signal?.aborted) return reject(new NotStarted('It was ended before it was started.'));
      if (starting < atOnce) return admit();
      waiting.push(admit);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  const leave = () => {
    starting -= 1;
    waiting.shift()?.();
  };

  return {
    get isIdle() {
      return starting === 0;
    },
    async launch(input) {
      await enter(input.signal);
      const isUp = once(leave);
      try {
        const launched = await launch(input);
        const silence = setTimeout(isUp, silentMs).unref();
        void launched.exited.then(isUp).finally(() => clearTimeout(silence));
        return { ...launched, isUp };
      } catch (error) {
        isUp();
        throw error;
      }
    },
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}
