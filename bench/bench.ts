import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors.ts';
import { bytes } from './bytes.ts';
import { fleet } from './fleet.ts';
import { describeMachine } from './machine.ts';
import type { Measurement, Report } from './measurement.ts';
import { formatMachine, formatReport } from './print.ts';
import { spawn } from './spawn.ts';
import { start } from './start.ts';
import { turn } from './turn.ts';

const measurements: Measurement[] = [bytes, start, turn, spawn, fleet];
const names = measurements.map(({ name }) => name);
const usage = `Usage: npm run bench -- [--only ${names.join('|')}] [--runs N]`;

const say = (line: string): void => console.error(line);

try {
  await run(readArguments());
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

/** Everything in one run on one machine; a part of it is printed but not kept. */
async function run({ only, runs }: { only: string | undefined; runs: number | undefined }) {
  const machine = await describeMachine();
  console.log(formatMachine(machine));
  const reports: Record<string, Report> = {};
  for (const measurement of measurements) {
    const { name } = measurement;
    if (only !== undefined && only !== name) continue;
    say(`\nMeasuring ${name} …`);
    const report = await measurement.run({ runs, say });
    reports[name] = report;
    console.log(`\n${formatReport(report)}`);
  }
  if (only !== undefined) return;
  const results = `${JSON.stringify({ machine, reports }, null, 2)}\n`;
  await writeFile(new URL('results.json', import.meta.url), results);
  console.log('\nWritten to bench/results.json.');
}

function readArguments() {
  const { values } = parseArgs({ options: { only: { type: 'string' }, runs: { type: 'string' } } });
  const { only } = values;
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  const isKnown = only === undefined || names.includes(only);
  const isCount = runs === undefined || (Number.isInteger(runs) && runs > 0);
  if (!isKnown || !isCount) throw new Error(usage);
  return { only, runs };
}
