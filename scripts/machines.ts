import { writeFile } from 'node:fs/promises';
import { supervisorMachine } from '../machines/supervisor.ts';
import { workerMachine } from '../machines/worker.ts';
import { standaloneChart } from '../src/charts/standalone.ts';
import { labels, layoutOf } from './layout.ts';
import { mermaidOf } from './mermaid.ts';
import { statelyCodeOf } from './stately.ts';

/** Draws the statecharts: `npm run machines`, after every change to a chart. */
for (const machine of [workerMachine, supervisorMachine]) {
  const path = `machines/${machine.id}.mmd`;
  const chart = mermaidOf(machine);
  await writeFile(path, chart);
  await writeFile(`machines/${machine.id}.stately.js`, statelyCodeOf(machine));
  const narrow = await layoutOf(machine, labels.short);
  await writeFile(`src/charts/${machine.id}.json`, `${JSON.stringify(narrow, null, 2)}\n`);
  const whole = await layoutOf(machine, labels.whole);
  await writeFile(`machines/${machine.id}.svg`, standaloneChart(whole));
  console.log(path);
}
