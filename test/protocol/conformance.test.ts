import { resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../src/fixtures.ts';
import { setStage } from '../src/stage.ts';
import { serveHttp } from './http.ts';
import { runSuite } from './suite.ts';

const baseline = resolve('test/protocol/conformance-baseline.yml');

it('the official conformance suite fails exactly the scenarios of the baseline', async () => {
  const { manager } = await setStage();
  const server = await serveHttp(manager);
  onTestFinished(() => server.close());
  const { code, output } = await runSuite(server.url, baseline, await temporaryFolder());
  expect(code, output).toBe(0);
});
