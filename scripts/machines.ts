import { readFile, writeFile } from 'node:fs/promises';
import { supervisorMachine } from '../machines/supervisor.ts';
import { workerMachine } from '../machines/worker.ts';
import { standaloneChart } from '../src/charts/standalone.ts';
import { labels, layoutOf } from './layout.ts';
import { mermaidOf } from './mermaid.ts';
import { statelyCodeOf } from './stately.ts';

/** Draws the statecharts anew, in the README too: `npm run machines`, after every change to one. */
let readme = await readFile('README.md', 'utf8');
for (const machine of [workerMachine, supervisorMachine]) {
  const path = `machines/${machine.id}.mmd`;
  const chart = mermaidOf(machine);
  await writeFile(path, chart);
  await writeFile(`machines/${machine.id}.stately.js`, statelyCodeOf(machine));
  const block = new RegExp(
    `(<!-- begin ${path} -->\n\`\`\`mermaid\n)[^]*?(\`\`\`\n<!-- end ${path} -->)`,
  );
  readme = readme.replace(block, (_, begin: string, end: string) => begin + chart + end);
  const narrow = await layoutOf(machine, labels.short);
  await writeFile(`src/charts/${machine.id}.json`, `${JSON.stringify(narrow, null, 2)}\n`);
  const whole = await layoutOf(machine, labels.whole);
  await writeFile(`machines/${machine.id}.svg`, standaloneChart(whole));
  console.log(path);
}
await writeFile('README.md', readme);
