import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hashOf,
  isPastRoute,
  parseRoute,
  presentOf,
  type Route,
} from '../../../web/model/route.ts';

const id = fc.string({ minLength: 1, unit: 'grapheme' });
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constant({}),
  fc.record({ time: fc.nat(2 ** 31) }),
  fc.record({ worker: id }),
  fc.record({ worker: id, seq: fc.nat(1e6) }),
);

describe('the route in the address', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(route, (given) => {
        expect(parseRoute(hashOf(given))).toEqual(given);
      }),
    );
  });

  it('has one form for each kind', () => {
    expect([{}, { time: 12.4 }, { worker: 'a/b' }, { worker: 'a', seq: 7 }].map(hashOf)).toEqual([
      '#/',
      '#/t/12',
      '#/w/a%2Fb',
      '#/w/a/e/7',
    ]);
  });

  it.each<[string, Route]>([
    ['', {}],
    ['#', {}],
    ['#/w/', {}],
    ['#/w', {}],
    ['#/t/soon', {}],
    ['#/t/-1', {}],
    ['#/other/1', {}],
    ['#/w/a/e/x', { worker: 'a' }],
    ['#/w/a/e/', { worker: 'a' }],
    ['#/w/a/other/3', { worker: 'a' }],
    ['#/w/%E0%A4%A', { worker: '%E0%A4%A' }],
  ])('of "%s" shows what can be read of it', (hash, expected) => {
    expect(parseRoute(hash)).toEqual(expected);
  });
});

describe('the past', () => {
  it('is a route with a record or a time', () => {
    expect([{}, { worker: 'a' }, { time: 0 }, { worker: 'a', seq: 0 }].map(isPastRoute)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('is left for the present of the same worker', () => {
    expect(presentOf({ worker: 'a', seq: 3 })).toEqual({ worker: 'a' });
    expect(presentOf({ time: 3 })).toEqual({});
  });
});
