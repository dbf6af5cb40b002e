import { writeFile } from 'node:fs/promises';
import { listedTools } from './listed-tools.ts';

/** Writes the tools as clients see them: `npm run tools`, after every change of a tool. */
await writeFile('src/mcp/listed.json', listedTools());
