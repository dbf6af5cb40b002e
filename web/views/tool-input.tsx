import { VisibleText } from '../parts/visible-text.tsx';

/** Shows the whole input of a tool, nothing cut. A value of several lines shows their number. */
export function ToolInput({ input }: { input: Record<string, unknown> }) {
  const entries = Object.entries(input);
  if (entries.length === 0) return <p class="empty">It has no input.</p>;
  return (
    <dl class="tool-input">
      {entries.map(([key, value]) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
        const lines = text.split('\n').length;
        return (
          <div key={key}>
            <dt>
              <VisibleText text={key} />
              {lines > 1 && <span class="quiet"> {lines} lines</span>}
            </dt>
            <dd>
              <pre>
                <VisibleText text={text} />
              </pre>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
