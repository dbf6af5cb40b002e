import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { WorkerView } from '../../src/projection/contract.ts';
import { VisibleText } from '../parts/visible-text.tsx';
import type { Source } from '../source/source.ts';
import { records } from '../state/records.ts';
import { workerOf } from '../state/store.ts';
import { isTranscriptShown } from '../state/transcript.ts';
import { selectedView } from '../state/travel.ts';
import { EventLog } from './event-log.tsx';
import { Permission } from './permission.tsx';
import { Timeline } from './timeline.tsx';
import { Transcript } from './transcript.tsx';
import { WorkerChart } from './worker-chart.tsx';
import { WorkerHead } from './worker-head.tsx';

/** Shows one worker, now or at a moment of its past. */
export function WorkerPage({ id, source }: { id: string; source: Source }) {
  const worker = selectedView.value;
  const tab = useSignal<'log' | 'transcript'>('log');
  useEffect(() => {
    isTranscriptShown.value = tab.value === 'transcript';
  }, [tab.value]);
  if (!worker) return <Missing id={id} />;
  return (
    <div class="worker-page">
      <WorkerHead {...{ worker, source }} />
      {worker.failure && <Failure failure={worker.failure} />}
      {worker.requests.map((request) => (
        <Permission key={request.request_id} {...{ request, worker, source }} />
      ))}
      <Timeline id={id} />
      <div class="columns">
        <WorkerChart worker={worker} />
        <section class="story" aria-label="Story">
          <div class="tabs" role="tablist" aria-label="Story">
            {(['log', 'transcript'] as const).map((name) => (
              <button
                key={name}
                type="button"
                role="tab"
                id={`tab-${name}`}
                aria-selected={tab.value === name}
                aria-controls="panel"
                onClick={() => {
                  tab.value = name;
                }}
              >
                {name === 'log' ? 'Events' : 'Transcript'}
              </button>
            ))}
          </div>
          <div role="tabpanel" id="panel" aria-labelledby={`tab-${tab.value}`}>
            {tab.value === 'log' ? <EventLog id={id} /> : <Transcript />}
          </div>
        </section>
      </div>
    </div>
  );
}

function Failure({ failure }: { failure: NonNullable<WorkerView['failure']> }) {
  return (
    <p class="failure">
      <strong>{failure.reason.replaceAll('_', ' ')}.</strong> <VisibleText text={failure.hint} />
    </p>
  );
}

function Missing({ id }: { id: string }) {
  if (records.value.isLoading || workerOf(id)) return <p class="empty">Loading the worker…</p>;
  return (
    <p class="empty">
      There is no worker {id} here. <a href="#/">To all workers</a>
    </p>
  );
}
