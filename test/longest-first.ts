import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take more than ten seconds, the longest first. */
const slowFiles = [
  'test/chaos/chaos.test.ts',
  'test/end-to-end/standby-options.test.ts',
  'test/end-to-end/models.test.ts',
  'test/end-to-end/models-unavailable.test.ts',
  'test/end-to-end/standby.test.ts',
  'test/end-to-end/server-gone.test.ts',
  'test/end-to-end/model-facts.test.ts',
  'test/end-to-end/api-errors.test.ts',
  'test/browser/permission.test.ts',
  'test/end-to-end/stop.test.ts',
  'test/end-to-end/standby-killed.test.ts',
  'test/end-to-end/options-request.test.ts',
  'test/src/standby/pool.test.ts',
  'test/browser/demo.test.ts',
  'test/browser/comes-back.test.ts',
];

/**
 * Starts the slow files first. A clean clone has no durations of an earlier run, so that the chaos
 * test, which is a short file, would start last and run alone for a minute.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const slow = slowFiles.map((name) => join(root, name));
    const missing = slow.filter((path) => !existsSync(path));
    if (missing.length > 0) throw new Error(`slowFiles names a missing file: ${missing}`);
    const sorted = await super.sort(files);
    const first = slow.flatMap((path) => sorted.filter(({ moduleId }) => moduleId === path));
    return [...first, ...sorted.filter((file) => !first.includes(file))];
  }
}
