import { useMemo } from 'preact/hooks';
import type { TranscriptMessage } from '../../src/projection/contract.ts';
import { VisibleText } from '../parts/visible-text.tsx';
import { shownMessages, transcriptError } from '../state/transcript.ts';
import { type Block, blocksOf } from '../text/message.ts';

/** A longer block is collapsed under its first line. */
const shownLines = 16;

/** Shows the conversation up to the shown moment. */
export function Transcript() {
  const messages = shownMessages.value;
  return (
    <div class="transcript">
      {transcriptError.value && <p class="refusal">{transcriptError.value}</p>}
      {messages.length === 0 && !transcriptError.value && <p class="empty">No messages yet.</p>}
      {messages.map((message) => (
        <Message key={message.offset} message={message} />
      ))}
    </div>
  );
}

function Message({ message }: { message: TranscriptMessage }) {
  const { role, blocks } = useMemo(() => blocksOf(message), [message]);
  return (
    <article class={`message is-${role === 'assistant' ? 'assistant' : 'user'}`}>
      {blocks.map((block, index) => (
        <BlockView key={index} {...{ role, block }} />
      ))}
    </article>
  );
}

function BlockView({ role, block: { kind, name, text } }: { role: string; block: Block }) {
  const lines = text.split('\n');
  const label = kind === 'text' ? role : kind === 'use' ? `uses ${name}` : kind;
  const body = (
    <pre>
      <VisibleText text={text} />
    </pre>
  );
  return (
    <div class={`block is-${kind.replace(' ', '-')}`}>
      <h3>{label}</h3>
      {lines.length <= shownLines ? (
        body
      ) : (
        <details>
          <summary>
            <VisibleText text={lines[0] ?? ''} /> <span class="quiet">{lines.length} lines</span>
          </summary>
          {body}
        </details>
      )}
    </div>
  );
}
