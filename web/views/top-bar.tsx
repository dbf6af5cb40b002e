import { groupNames, groupShapes, groups } from '../model/group.ts';
import type { Source } from '../source/source.ts';
import { isHelpOpen } from '../state/keys.ts';
import { grouped, totals } from '../state/overview.ts';
import { connection, mode } from '../state/store.ts';
import { nextTheme, theme } from '../state/theme.ts';
import { count, money } from '../text/format.ts';
import { ExportButton } from './export-button.tsx';

export function TopBar({ source }: { source: Source }) {
  const { cost, input, output } = totals.value;
  return (
    <header class="top-bar">
      <a class="brand" href="#/">
        Workers
      </a>
      <ul class="pills" aria-label="Workers by group">
        {groups.map((group) => {
          const number = grouped.value[group].length;
          return (
            number > 0 && (
              <li key={group} class={`pill is-${group}`}>
                <span aria-hidden="true">{groupShapes[group]}</span> {number}{' '}
                <span class="wide">{groupNames[group].toLowerCase()}</span>
              </li>
            )
          );
        })}
      </ul>
      <span class="total" title={`${input} tokens in, ${output} tokens out, of all workers`}>
        <strong>{money(cost)}</strong>{' '}
        <span class="wide quiet">
          {count(input)} in, {count(output)} out
        </span>
      </span>
      <ConnectionStatus />
      <ExportButton source={source} of="all" title="All workers as one HTML file" />
      <button type="button" class="bare" onClick={nextTheme} aria-label="Other colours">
        {theme.value === 'auto' ? '◐' : '◑'}
      </button>
      <button
        type="button"
        class="bare"
        aria-label="Keys"
        onClick={() => {
          isHelpOpen.value = true;
        }}
      >
        ?
      </button>
    </header>
  );
}

/** Shows whether the page follows a server. */
function ConnectionStatus() {
  const { kind } = connection.value;
  const readonly = mode.value === 'readonly' ? ', read-only' : '';
  const text = {
    loading: 'Loading',
    connected: `Live${readonly}`,
    recorded: 'Recorded',
    lost: 'Disconnected',
  }[kind];
  return <span class={`link is-${kind}`}>{text}</span>;
}
