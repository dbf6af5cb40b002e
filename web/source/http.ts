import type {
  ChartsResponse,
  RecordsResponse,
  TranscriptResponse,
} from '../../src/projection/contract.ts';
import { follow } from './follow.ts';
import { getJson, postJson } from './requests.ts';
import type { Source } from './source.ts';

/** Serves the workers of the server from which the page was loaded. */
export function httpSource(): Source {
  let csrf = '';
  const worker = (id: string) => `/api/workers/${encodeURIComponent(id)}`;
  return {
    follow: (createListener) =>
      follow((resync) => {
        const listener = createListener(resync);
        return {
          ...listener,
          snapshot(snapshot) {
            csrf = snapshot.csrf ?? '';
            listener.snapshot(snapshot);
          },
        };
      }),
    charts: () => getJson<ChartsResponse>('/api/charts'),
    records: async (id) => (await getJson<RecordsResponse>(`${worker(id)}/records`)).steps,
    transcript: (id, from) => getJson<TranscriptResponse>(`${worker(id)}/transcript?from=${from}`),
    answer: (id, body) => postJson(`/api/permissions/${encodeURIComponent(id)}`, csrf, body),
    resume: (id, prompt) => postJson(`${worker(id)}/resume`, csrf, { prompt }),
    stop: (id) => postJson(`${worker(id)}/stop`, csrf, {}),
    exportUrl: (id) => `${worker(id)}/export?format=html`,
  };
}
