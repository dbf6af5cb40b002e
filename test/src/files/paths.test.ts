import { dirname, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManagerError } from '../../../src/errors.ts';
import { isUuid, workerPaths } from '../../../src/files/paths.ts';
import { workerId } from '../fixtures.ts';

const logs = '/project/logs';

describe('the files of a worker', () => {
  it('are in its folder, except the history file beside the folder', () => {
    const id = workerId();
    const { history, folder, ...files } = workerPaths(logs, id);
    expect([history, folder]).toEqual([`${logs}/worker-${id}.json`, `${logs}/worker-${id}`]);
    expect(Object.values(files).map((path) => path.replace(`${folder}/`, ''))).toEqual([
      ...['stdin', 'stdout.ndjson', 'stderr.log', 'journal.ndjson', 'lease.json'],
      ...['given-up.json', 'settings.json', 'mcp.json'],
    ]);
  });

  it('are under the logs folder for every UUID, and different for two UUIDs', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        const paths = Object.values(workerPaths(logs, one));
        for (const path of paths) expect(resolve(path).startsWith(`${logs}/worker-`)).toBe(true);
        const shared = Object.values(workerPaths(logs, other)).filter((path) =>
          paths.includes(path),
        );
        expect(shared).toEqual(one === other ? paths : []);
      }),
    );
  });
});

describe('an id that is no UUID', () => {
  const id = workerId();
  it.each([
    ...['', '.', '..', '/', '../..', `../${id}`, `${id}/..`, `${id}/../../x`, `./${id}`, `/${id}`],
    ...[`${id}\0`, `${id}\n`, `\n${id}`, ` ${id}`, `${id} `, id.slice(1), `${id}0`],
    ...[id.replace('0', 'g'), id.replaceAll('-', ''), `{${id}}`, '%2e%2e', '~', `worker-${id}`],
    ...[id.replace('0', 'A'), id.replace('0', '０'), id.replace('-', '‐')],
  ])('is refused: %j', (text) => {
    expect(isUuid(text)).toBe(false);
    expect(() => workerPaths(logs, text)).toThrow(ManagerError);
  });

  it('never becomes a path outside the logs folder', () => {
    const tricky = fc
      .array(fc.constantFrom('..', '/', '\\', '\0', '.', id, 'worker-', '%2f'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), tricky), (text) => {
        if (isUuid(text)) expect(dirname(workerPaths(logs, text).folder)).toBe(logs);
        else expect(() => workerPaths(logs, text)).toThrow(ManagerError);
      }),
      { numRuns: 1000 },
    );
  });

  it('is shown in the error, shortened and on one line', () => {
    expect(() => workerPaths(logs, `../${'x'.repeat(200)}`)).toThrow(
      new ManagerError(
        'unknown_worker',
        `Expected a worker id (a UUID from spawn_worker), found "../${'x'.repeat(77)}"; list_workers shows the ids.`,
      ),
    );
    expect(() => workerPaths(logs, 'a\nb')).toThrow('found "a\\nb"');
  });
});
