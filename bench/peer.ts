import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { createCaller, stopWorkers } from '../demo/caller.ts';
import type { Stage } from '../demo/stage.ts';
import { messageOf } from '../src/errors.ts';
import { interleave, spreadOf, timed } from './harness.ts';
import type { Measurement, Report } from './measurement.ts';
import { onStage } from './on-stage.ts';
import { askPeer, connectPeer, installPeer, peerName } from './peer-server.ts';
import { standbyIsBack } from './standby.ts';

/** An answer of about one page. */
const answerBytes = 2_000;
const prompts = ['src/manager/wait.ts', 'src/manager/spawn.ts', 'src/manager/stop.ts'].map(
  (file) => `Explain ${file} on one page.`,
);
const rule = { match: /^Explain /, steps: [{ bytes: answerBytes }] };

/** Compares three workers at once with three calls at once of another server. */
export const peer: Measurement = {
  name: 'peer',
  async run({ runs = 9, log }) {
    const folder = await mkdtemp(join(tmpdir(), 'awm-bench-'));
    try {
      const problem = await installPeer(folder).catch(messageOf);
      if (problem !== undefined) {
        log(problem);
        return absent;
      }
      return await onStage({ rules: () => [rule] }, (stage) => measure(stage, folder, runs));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const title = 'Three workers at once beside another MCP server that runs claude';

const absent: Report = {
  ...{ title, rows: [], goals: [] },
  notes: [`${peerName} could not be installed.`],
};

type Samples = Record<'ours' | 'theirs', number[]>;

async function measure(stage: Stage, folder: string, runs: number): Promise<Report> {
  const client = await connectPeer(stage, folder);
  const bytes: Samples = { ours: [], theirs: [] };
  try {
    const subjects = {
      ours: () => runOurs(stage, bytes.ours),
      theirs: () => runTheirs(stage, client, bytes.theirs),
    };
    const times = await interleave(subjects, runs);
    // The first run does not count, as for the times.
    return report(times, { ours: bytes.ours.slice(1), theirs: bytes.theirs.slice(1) });
  } finally {
    await client.close();
  }
}

/** Returns the time, and adds the bytes of the answers to `bytes`. */
async function runOurs(stage: Stage, bytes: number[]): Promise<number> {
  const caller = createCaller(stage.client);
  const worker_ids: string[] = [];
  const took = await timed(async () => {
    const spawns = prompts.map((prompt) => caller.spawn({ description: 'Explain a file', prompt }));
    worker_ids.push(...(await Promise.all(spawns)).map(({ worker_id }) => worker_id));
    const { completed } = await caller.wait(new AbortController().signal);
    if (completed.length !== prompts.length) throw new Error('A worker did not complete.');
  });
  bytes.push(caller.bytes);
  await stopWorkers(stage.client, worker_ids);
  await standbyIsBack(stage);
  return took;
}

async function runTheirs({ project }: Stage, client: Client, bytes: number[]): Promise<number> {
  const texts: string[] = [];
  const took = await timed(async () => {
    const calls = prompts.map((prompt) => askPeer(client, prompt, project));
    texts.push(...(await Promise.all(calls)));
  });
  bytes.push(Buffer.byteLength(texts.join('')));
  return took;
}

function report(times: Samples, bytes: Samples): Report {
  const pairs = [
    { what: 'until the last answer', unit: 'ms', samples: times },
    { what: 'bytes for the caller', unit: 'bytes', samples: bytes },
  ].map(({ samples, ...pair }) => ({
    ...pair,
    ours: spreadOf(samples.ours),
    theirs: spreadOf(samples.theirs),
  }));
  const perWorker = spreadOf(bytes.ours).median / prompts.length;
  return {
    title,
    rows: pairs.flatMap(({ what, unit, ours, theirs }) => [
      { what: `3 × spawn_worker, then wait, ${what}`, unit, spread: ours, digits: 0 },
      { what: `3 × claude_code at once, ${what}`, unit, spread: theirs, digits: 0 },
    ]),
    goals: pairs.map(({ what, ours, theirs }) => ({
      what: `3 workers at once, ${what}`,
      against: `${peerName}, 3 calls at once`,
      found: ours.median / theirs.median,
      unit: '×' as const,
      atMost: 1,
    })),
    notes: [
      `Real claude, practice API that answers at once with ${answerBytes} bytes. The other server gives the whole answer to the caller. Ours gives ${Math.round(perWorker)} bytes a worker however long the answer is, with the path of a file: shorter answers than that cost the caller less with the other one, and so does an answer that is then read whole.`,
      'The other server runs claude with --dangerously-skip-permissions; as root it was given IS_SANDBOX=1, without which claude refuses that.',
    ],
  };
}
