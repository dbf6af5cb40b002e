import { useComputed, useSignal } from '@preact/signals';
import type { Step } from '../../src/projection/contract.ts';
import { groupOf, groupShapes, stateName } from '../model/group.ts';
import { hashOf } from '../model/route.ts';
import { VirtualList } from '../parts/virtual-list.tsx';
import { VisibleText } from '../parts/visible-text.tsx';
import { records } from '../state/records.ts';
import { route } from '../state/route.ts';
import { position } from '../state/travel.ts';
import { clockTime } from '../text/format.ts';

const rowHeight = 30;

/** Lists every record of the worker. A click on one shows its moment and all of its content. */
export function EventLog({ id }: { id: string }) {
  const query = useSignal('');
  const rows = useComputed(() => {
    const wanted = query.value.trim().toLowerCase();
    const { steps } = records.value;
    return wanted === '' ? steps : steps.filter((step) => textOf(step).includes(wanted));
  });
  const { isLoading, error, steps } = records.value;
  const shown = route.value.seq === undefined ? undefined : steps[position.value - 1];
  const found = rows.value;
  return (
    <div class="event-log">
      <input
        type="search"
        placeholder="Search events  /"
        aria-label="Search events"
        value={query.value}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
        }}
      />
      {error && <p class="refusal">{error}</p>}
      {found.length === 0 && !error && (
        <p class="empty">{isLoading ? 'Loading the events…' : 'No event fits the search.'}</p>
      )}
      <VirtualList
        label="Events"
        class="log"
        count={found.length}
        version={found}
        sticksToEnd={shown === undefined}
        heightOf={() => rowHeight}
        keyOf={(index) => found[index]?.record.seq ?? index}
        current={shown ? found.indexOf(shown) : -1}
        row={(index) => {
          const step = found[index];
          return step && <Row {...{ id, step }} isShown={step === shown} />;
        }}
      />
      {shown && <Detail step={shown} />}
    </div>
  );
}

function Row({ id, step: { record }, isShown }: { id: string; step: Step; isShown: boolean }) {
  const { seq, t, from, to, event, dropped } = record;
  const group = groupOf(to);
  return (
    <a
      class={`log-row ${dropped ? 'is-dropped' : ''}`}
      href={hashOf({ worker: id, seq })}
      aria-current={isShown ? 'step' : undefined}
    >
      <time>{clockTime(t)}</time>
      <span class="event">{event.type}</span>
      {dropped ? (
        <span class="dropped">dropped in {stateName(to)}</span>
      ) : (
        <span class="move">
          {from !== to && `${from === null ? 'start' : stateName(from)} → `}
          <span class={`shape is-${group}`} aria-hidden="true">
            {groupShapes[group]}
          </span>{' '}
          {stateName(to)}
        </span>
      )}
    </a>
  );
}

/** Shows a record as the journal has it, and its changes to the worker. */
function Detail({ step: { record, patch } }: { step: Step }) {
  return (
    <section class="detail" aria-label={`Event ${record.seq}`}>
      <h3>
        {record.event.type} <span class="quiet">record {record.seq}</span>
      </h3>
      <pre>
        <VisibleText text={JSON.stringify(record, null, 2)} />
      </pre>
      <h3>What it changed</h3>
      <pre>
        <VisibleText text={JSON.stringify(patch, null, 2)} />
      </pre>
    </section>
  );
}

const texts = new WeakMap<Step, string>();

/** Returns the text that the search reads, made once for each step. */
function textOf(step: Step): string {
  const known = texts.get(step);
  if (known !== undefined) return known;
  const text = JSON.stringify(step.record).toLowerCase();
  texts.set(step, text);
  return text;
}
