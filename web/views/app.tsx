import type { Source } from '../source/source.ts';
import { announcement } from '../state/announce.ts';
import { isHelpOpen } from '../state/keys.ts';
import { selectedId } from '../state/route.ts';
import { connection } from '../state/store.ts';
import { Banner } from './banner.tsx';
import { Help } from './help.tsx';
import { Overview } from './overview.tsx';
import { TopBar } from './top-bar.tsx';
import { WorkerList } from './worker-list.tsx';
import { WorkerPage } from './worker-page.tsx';

export function App({ source }: { source: Source }) {
  const id = selectedId.value;
  const isFirstLoad = connection.value.kind === 'loading';
  return (
    <div class={`app ${id === undefined ? 'at-overview' : 'at-worker'}`}>
      <TopBar source={source} />
      <Banner />
      <WorkerList />
      <main>
        {isFirstLoad ? (
          <p class="empty">Loading the workers…</p>
        ) : id === undefined ? (
          <Overview source={source} />
        ) : (
          <WorkerPage key={id} id={id} source={source} />
        )}
      </main>
      <div class="unseen" role="status" aria-live="polite">
        {announcement.value}
      </div>
      {isHelpOpen.value && <Help />}
    </div>
  );
}
