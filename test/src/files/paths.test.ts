import { dirname, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManagerError } from '../../../src/errors.ts';
import { isUuid, workerPaths } from '../../../src/files/paths.ts';
import { workerId } from '../fixtures.ts';

const [logs, state] = ['/project/logs', '/state/project'];
const folders = { logsDir: logs, stateDir: state, earlier: new Set<string>() };

describe('the files of a worker', () => {
  it('are in its folder in the state folder, except the history file in the logs folder', () => {
    const id = workerId();
    const { history, folder, ...files } = workerPaths(folders, id);
    expect([history, folder]).toEqual([`${logs}/worker-${id}.json`, `${state}/worker-${id}`]);
    expect(Object.values(files).map((path) => path.replace(`${folder}/`, ''))).toEqual([
      ...['stdin', 'stdout.ndjson', 'stderr.log', 'journal.ndjson', 'lease.json'],
      ...['imported.json', 'given-up.json', 'settings.json', 'mcp.json'],
    ]);
  });

  it('are under the two folders for every UUID, and different for two UUIDs', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        const paths = Object.values(workerPaths(folders, one));
        for (const path of paths)
          expect(resolve(path)).toMatch(/^\/(project\/logs|state\/project)\/worker-/);
        const shared = Object.values(workerPaths(folders, other)).filter((path) =>
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
    expect(() => workerPaths(folders, text)).toThrow(ManagerError);
  });

  it('never becomes a path outside the state folder', () => {
    const tricky = fc
      .array(fc.constantFrom('..', '/', '\\', '\0', '.', id, 'worker-', '%2f'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), tricky), (text) => {
        if (isUuid(text)) expect(dirname(workerPaths(folders, text).folder)).toBe(state);
        else expect(() => workerPaths(folders, text)).toThrow(ManagerError);
      }),
      { numRuns: 1000 },
    );
  });

  it('is shown in the error, shortened and on one line', () => {
    expect(() => workerPaths(folders, `../${'x'.repeat(200)}`)).toThrow(
      new ManagerError(
        'unknown_worker',
        `Expected a worker id (a UUID from spawn_worker), found "../${'x'.repeat(77)}"; list_workers shows the ids.`,
      ),
    );
    expect(() => workerPaths(folders, 'a\nb')).toThrow('found "a\\nb"');
  });
});
