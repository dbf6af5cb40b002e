/** The least time between two lines of progress. */
const pauseMs = 1_000;

/**
 * Runs an action that reports its progress in lines, and joins them: a burst of changes sends one line
 * a second, and the last line is always sent before the action ends well.
 */
export async function joinProgress<Result>(
  send: (line: string) => void,
  action: (say: (line: string) => void) => Promise<Result>,
): Promise<Result> {
  const lines = joinLines(send);
  try {
    const result = await action(lines.say);
    lines.sendWaiting();
    return result;
  } finally {
    lines.stop();
  }
}

function joinLines(send: (line: string) => void) {
  let pause: NodeJS.Timeout | undefined;
  let last: string | undefined;
  let waiting: string | undefined;
  const sendNow = (line: string) => {
    last = line;
    waiting = undefined;
    clearTimeout(pause);
    pause = setTimeout(() => {
      pause = undefined;
      sendWaiting();
    }, pauseMs).unref();
    send(line);
  };
  const sendWaiting = () => {
    if (waiting !== undefined && waiting !== last) sendNow(waiting);
  };
  return {
    sendWaiting,
    say(line: string) {
      if (pause) waiting = line;
      else sendNow(line);
    },
    stop: () => clearTimeout(pause),
  };
}
