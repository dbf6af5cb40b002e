import { useMemo } from 'preact/hooks';
import { segments } from '../text/visible.ts';

/** Text of a worker: never markup, and with every character that hides shown by its number. */
export function VisibleText({ text }: { text: string }) {
  const parts = useMemo(() => segments(text), [text]);
  return (
    <>
      {parts.map((part) =>
        'text' in part ? part.text : <mark class="hidden-character">{part.hidden}</mark>,
      )}
    </>
  );
}
