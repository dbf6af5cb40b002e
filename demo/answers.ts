/** The longer texts that the workers of the demo answer with. */

export const report = `# How a settled worker is delivered once

- \`machines/worker.ts\` keeps the truth: \`delivered\` is part of a worker's context, set by DELIVERED and cleared when the next turn begins.
- \`src/manager/phases.ts\` reduces a worker to a phase. Settled and saved but not delivered is \`done\`; delivered ones are no news.
- \`src/manager/wait.ts\` claims what it is about to report, so that two calls at once do not both report it.
- \`src/mcp/server.ts\` tells a call when its answer was written, or that it never will be.
- \`src/workers/workers.ts\` writes DELIVERED into the journal, so that the next server knows it too.

A call that was cancelled drops its claim and nothing is marked: the next one reports the same workers.`;

export const findings = `Worst first:

1. A worker's actor that throws would take its parent with it, unless the parent handles the error. It does, and keeps the id in \`broken\`.
2. Draining ends after a grace period even when workers are left. That is right, as long as those left are named.
3. Taking a worker out of a list copies the list. At hundreds of workers nobody notices; at tens of thousands somebody would.`;

export const aboutThrowing = `1. XState stops the actor and raises \`xstate.error.actor.<id>\` in the supervisor.
2. The supervisor takes the id out of its lists, so the slot is free, and admits the next in the queue.
3. The process is not touched: it goes on writing to its file.
4. A later server finds the journal without a living owner and takes the worker over.`;

export const inThreeSentences =
  'The supervisor survives any worker and frees its slot. A worker whose actor broke goes on as a process. The next server finds its journal and takes it over.';

export const deploySteps = `1. Merge into main and wait for the checks.
2. Tag the version; the tag starts the release.
3. Watch it for ten minutes before announcing it.`;
