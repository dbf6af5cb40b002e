import { writeFile } from 'node:fs/promises';
import { listedTools } from './listed-tools.ts';

/** Writes anew what clients see of the tools: `npm run tools`, after every change to one. */
await writeFile('src/mcp/listed.json', listedTools());
