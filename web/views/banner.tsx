import { now } from '../state/clock.ts';
import { backToNow, isPast } from '../state/route.ts';
import { connection, mode } from '../state/store.ts';
import { moment } from '../state/travel.ts';
import { clockTime, duration } from '../text/format.ts';

/** Warns that the server is gone, or that the page shows the past. */
export function Banner() {
  const link = connection.value;
  const time = moment.value;
  return (
    <div class="banners">
      {link.kind === 'lost' && (
        <p class="banner is-lost" role="alert">
          <strong>Disconnected.</strong> {link.why} What you see may be old.
        </p>
      )}
      {isPast.value && time !== undefined && (
        <p class="banner is-past">
          <span>
            <strong>The past: {clockTime(time)}</strong>
            {mode.value !== 'recorded' && `, ${duration(now.value - time)} ago`}. Nothing can be
            answered here.
          </span>
          <button type="button" onClick={backToNow}>
            Back to {mode.value === 'recorded' ? 'the end' : 'now'} <kbd>Esc</kbd>
          </button>
        </p>
      )}
    </div>
  );
}
