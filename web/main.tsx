import { render } from 'preact';
import { embeddedRun, embeddedSource } from './source/embedded.ts';
import { httpSource } from './source/http.ts';
import { takeKey } from './source/key.ts';
import type { Source } from './source/source.ts';
import { announceChanges } from './state/announce.ts';
import { listenToKeys } from './state/keys.ts';
import { followRecords } from './state/records.ts';
import { charts, createListener } from './state/store.ts';
import { followTranscript } from './state/transcript.ts';
import { App } from './views/app.tsx';

const noChart = { svg: '', states: [], edges: [] };

function start(source: Source): void {
  followRecords(source);
  followTranscript(source);
  announceChanges();
  listenToKeys();
  source.follow(createListener);
  source.charts().then(
    (drawn) => {
      charts.value = drawn;
    },
    // The page works without a chart, and says that it has none.
    () => {
      charts.value = { worker: noChart, supervisor: noChart };
    },
  );
  const root = document.getElementById('app');
  if (root) render(<App source={source} />, root);
}

const run = embeddedRun();
if (run) start(embeddedSource(run));
else if (!takeKey()) start(httpSource());
