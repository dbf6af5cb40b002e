import { appendFileSync } from 'node:fs';
import { startPracticeApi } from '../../src/practice/server.ts';

/** A practice API in its own process, which records every complete answer. */
const [port = '0', record = ''] = process.argv.slice(2);
const api = await startPracticeApi({
  port: Number(port),
  keep: 100,
  onOver({ status, answered, session, prompt, step }) {
    if (!answered || status !== 200 || prompt === undefined) return;
    appendFileSync(record, `${JSON.stringify({ session, prompt, step })}\n`);
  },
});
process.stdout.write(`${api.port}\n`);
