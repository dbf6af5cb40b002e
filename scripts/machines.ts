import { readFile, writeFile } from 'node:fs/promises';
import { supervisorMachine } from '../machines/supervisor.ts';
import { workerMachine } from '../machines/worker.ts';
import { standaloneChart } from '../src/charts/standalone.ts';
import { layoutOf } from './layout.ts';
import { mermaidOf } from './mermaid.ts';

/** Draws the statecharts anew, in the README too: `npm run machines`, after every change to one. */
let readme = await readFile('README.md', 'utf8');
for (const machine of [workerMachine, supervisorMachine]) {
  const path = `machines/${machine.id}.mmd`;
  const chart = mermaidOf(machine);
  await writeFile(path, chart);
  const block = new RegExp(
    `(<!-- begin ${path} -->\n\`\`\`mermaid\n)[^]*?(\`\`\`\n<!-- end ${path} -->)`,
  );
  readme = readme.replace(block, (_, begin: string, end: string) => begin + chart + end);
  const layout = await layoutOf(machine);
  await writeFile(`src/charts/${machine.id}.json`, `${JSON.stringify(layout, null, 2)}\n`);
  await writeFile(`machines/${machine.id}.svg`, standaloneChart(layout));
  console.log(path);
}
await writeFile('README.md', readme);
