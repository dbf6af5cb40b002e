import { useSignal } from '@preact/signals';
import type { Source } from '../source/source.ts';
import { messageOf } from '../text/error.ts';

interface ExportProps {
  source: Source;
  /** The id of a worker, or `all`. */
  of: string;
  title: string;
}

/** The time that a browser has to begin to save a file, in milliseconds. */
const saveMs = 60_000;

/** Saves a run as one HTML file. A link could not: it would not bring the key. */
export function ExportButton({ source, of, title }: ExportProps) {
  const isBusy = useSignal(false);
  const why = useSignal('');
  const { exportRun } = source;
  if (!exportRun) return null;
  const save = async () => {
    isBusy.value = true;
    why.value = '';
    try {
      offer(await exportRun(of), of === 'all' ? 'workers.html' : `worker-${of}.html`);
    } catch (error) {
      why.value = messageOf(error);
    }
    isBusy.value = false;
  };
  return (
    <>
      <button type="button" disabled={isBusy.value} title={title} onClick={save}>
        Export
      </button>
      {why.value && (
        <p class="refusal" role="alert">
          {why.value}
        </p>
      )}
    </>
  );
}

function offer(file: Blob, name: string): void {
  const href = URL.createObjectURL(file);
  Object.assign(document.createElement('a'), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), saveMs);
}
