import { useMemo } from 'preact/hooks';
import { segments } from '../text/visible.ts';

/** Draws a text of a worker: never as markup, and each hidden character as its number. */
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
