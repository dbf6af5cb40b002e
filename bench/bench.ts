import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.ts';
import { adoption } from './adoption.ts';
import { answer } from './answer.ts';
import { burst } from './burst.ts';
import { bytes } from './bytes.ts';
import { quoteIn } from './document.ts';
import { firstRequest } from './first-request.ts';
import { fleet } from './fleet.ts';
import { hundred } from './hundred.ts';
import { latency } from './latency.ts';
import { describeMachine } from './machine.ts';
import type { Measurement, Report } from './measurement.ts';
import { messages } from './messages.ts';
import { peer } from './peer.ts';
import { permission } from './permission.ts';
import { formatMachine, formatReport, formatTableOfGoals } from './print.ts';
import { failOnRegression } from './regression.ts';
import { spawn } from './spawn.ts';
import { start } from './start.ts';
import { turn } from './turn.ts';

const measurements: Measurement[] = [
  bytes,
  start,
  firstRequest,
  turn,
  burst,
  hundred,
  peer,
  spawn,
  latency,
  permission,
  answer,
  messages,
  fleet,
  adoption,
];
const names = measurements.map(({ name }) => name);
const usage = `Usage: npm run bench -- [--only ${names.join('|')}] [--runs N] [--short]`;

const log = (line: string): void => console.error(line);

try {
  await run(readArguments());
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

type Arguments = ReturnType<typeof readArguments>;

/** Runs the measurements on this machine. Only a complete run is written to the results. */
async function run({ only, runs, isShort }: Arguments): Promise<void> {
  const machine = await describeMachine();
  console.log(formatMachine(machine));
  const chosen = measurements.filter(
    ({ name, hasShort }) => (only ?? name) === name && (!isShort || hasShort),
  );
  const reports: Record<string, Report> = {};
  for (const measurement of chosen) {
    log(`\nMeasuring ${measurement.name} …`);
    const report = await measurement.run({ runs, isShort, log });
    reports[measurement.name] = report;
    console.log(`\n${formatReport(report)}`);
  }
  const goals = Object.values(reports).flatMap((report) => report.goals);
  console.log(`\n${formatTableOfGoals(goals)}`);
  if (isShort) return failOnRegression(goals);
  if (only !== undefined) return;
  const results = { machine, reports };
  const text = `${JSON.stringify(results, null, 2)}\n`;
  await writeFile(new URL('results.json', import.meta.url), text);
  await quoteIn(results);
  console.log('\nWritten to bench/results.json, and into the documents that quote it.');
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      runs: { type: 'string' },
      short: { type: 'boolean', default: false },
    },
  });
  const { only, short: isShort } = values;
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  const isKnown = only === undefined || names.includes(only);
  const isCount = runs === undefined || (Number.isInteger(runs) && runs > 0);
  if (!isKnown || !isCount) throw new Error(usage);
  return { only, runs, isShort };
}
