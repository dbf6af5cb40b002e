/** What the page shows: all workers or one worker, now or at a moment of the past. */
export interface Route {
  worker?: string;
  /** Shows the worker after the record with this number. */
  seq?: number;
  /** Shows all workers at this time. */
  time?: number;
}

/** Reads `#/`, `#/t/<ms>`, `#/w/<id>` and `#/w/<id>/e/<seq>`; anything else shows all workers. */
export function parseRoute(hash: string): Route {
  const [, kind, id, sub, value] = hash.replace(/^#/, '').split('/');
  if (kind === 't' && isCount(id)) return { time: Number(id) };
  if (kind !== 'w' || !id) return {};
  const worker = decode(id);
  return sub === 'e' && isCount(value) ? { worker, seq: Number(value) } : { worker };
}

export function hashOf({ worker, seq, time }: Route): string {
  if (worker === undefined) return time === undefined ? '#/' : `#/t/${Math.round(time)}`;
  const base = `#/w/${encodeURIComponent(worker)}`;
  return seq === undefined ? base : `${base}/e/${seq}`;
}

/** True if the page shows a moment of the past. */
export const isPastRoute = ({ seq, time }: Route): boolean =>
  seq !== undefined || time !== undefined;

/** Returns the route to the present of the shown worker, or of all workers. */
export const presentOf = ({ worker }: Route): Route => (worker === undefined ? {} : { worker });

const isCount = (text: string | undefined): boolean => /^\d{1,16}$/.test(text ?? '');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
