/** The longer answers of the demo's workers. */

export const report = `# How a settled worker is delivered once

- \`machines/worker.ts\` has the state: \`delivered\` is part of a worker's context, set by DELIVERED and cleared when the next turn begins.
- \`src/manager/phases.ts\` reduces a worker to a phase. Settled and saved but not delivered is \`done\`; a delivered worker changes nothing.
- \`src/manager/wait.ts\` claims a worker before it reports it, so that two calls at once do not both report it.
- \`src/mcp/server.ts\` tells a call whether its answer was written.
- \`src/workers/workers.ts\` writes DELIVERED into the journal, so that the next server has it too.

A cancelled call drops its claim and marks nothing: the next call reports the same workers.`;

export const findings = `Worst first:

1. A worker's actor that throws would stop its parent, if the parent did not handle the error. It does, and stores the id in \`broken\`.
2. Draining ends after a grace period even when workers are left. That is correct if those workers are named.
3. Taking a worker out of a list copies the list. That is fast for hundreds of workers and slow for tens of thousands.`;

export const aboutThrowing = `1. XState stops the actor and raises \`xstate.error.actor.<id>\` in the supervisor.
2. The supervisor takes the id out of its lists, so the slot is free, and admits the next in the queue.
3. The process does not change: it continues to write to its file.
4. A later server finds the journal without a living owner and adopts the worker.`;

export const inThreeSentences =
  'The supervisor survives any worker and frees its slot. A worker whose actor broke continues as a process. The next server finds its journal and adopts it.';

export const deploySteps = `1. Merge into main and wait for the checks.
2. Tag the version; the tag starts the release.
3. Watch it for ten minutes before announcing it.`;
