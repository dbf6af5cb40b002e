import { resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../src/fixtures.ts';
import { setStage } from '../src/stage.ts';
import { serveHttp } from './http.ts';
import { runSuite } from './suite.ts';

const baseline = resolve('test/protocol/conformance-baseline.yml');

it('the official conformance suite finds what the baseline says, and nothing else', async () => {
  const { manager } = await setStage();
  const server = await serveHttp(manager);
  onTestFinished(() => server.close());
  const { code, output } = await runSuite(server.url, baseline, await temporaryFolder());
  expect(code, output).toBe(0);
});
