import type {
  ChartsResponse,
  RecordsResponse,
  TranscriptResponse,
} from '../../src/projection/contract.ts';
import { follow } from './follow.ts';
import { get, getJson, postJson } from './requests.ts';
import type { Source } from './source.ts';

/** Serves the workers of the server from which the page was loaded. */
export function httpSource(): Source {
  const worker = (id: string) => `api/workers/${encodeURIComponent(id)}`;
  return {
    follow,
    charts: () => getJson<ChartsResponse>('api/charts'),
    records: async (id) => (await getJson<RecordsResponse>(`${worker(id)}/records`)).steps,
    transcript: (id, from) => getJson<TranscriptResponse>(`${worker(id)}/transcript?from=${from}`),
    answer: (id, body) => postJson(`api/permissions/${encodeURIComponent(id)}`, body),
    resume: (id, prompt) => postJson(`${worker(id)}/resume`, { prompt }),
    stop: (id) => postJson(`${worker(id)}/stop`, {}),
    exportRun: async (id) => (await get(`${worker(id)}/export?format=html`)).blob(),
  };
}
