import { readFile, writeFile } from 'node:fs/promises';
import { withMarked } from './markdown.ts';
import { tables } from './tables.ts';

/** Writes the generated tables into the documents: `npm run docs`, after every change of a schema. */
for (const { path, name, text } of tables) {
  const document = await readFile(path, 'utf8');
  await writeFile(path, withMarked(document, name, text()));
}
