import { render } from 'preact';
import { embeddedRun, embeddedSource } from './source/embedded.ts';
import { httpSource } from './source/http.ts';
import { announceChanges } from './state/announce.ts';
import { listenToKeys } from './state/keys.ts';
import { followRecords } from './state/records.ts';
import { charts, createListener } from './state/store.ts';
import { followTranscript } from './state/transcript.ts';
import { App } from './views/app.tsx';

const run = embeddedRun();
const source = run ? embeddedSource(run) : httpSource();

followRecords(source);
followTranscript(source);
announceChanges();
listenToKeys();
const { resync } = source.follow(createListener(() => resync()));
source.charts().then(
  (answer) => {
    charts.value = answer;
  },
  // Without its chart the page still works; the place of the chart says so.
  () => {
    charts.value = { worker: noChart, supervisor: noChart };
  },
);
const noChart = { svg: '', states: [], edges: [] };

const root = document.getElementById('app');
if (root) render(<App source={source} />, root);
