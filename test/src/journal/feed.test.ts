import { expect, it } from 'vitest';
import { createFeed } from '../../../src/journal/feed.ts';

it('a listener gets the values between subscribe and unsubscribe', () => {
  const feed = createFeed<number>(() => {});
  const received: number[] = [];
  feed.emit(1);
  const unsubscribe = feed.subscribe((value) => received.push(value));
  feed.emit(2);
  unsubscribe();
  feed.emit(3);
  expect(received).toEqual([2]);
  expect(feed.size).toBe(0);
});

it('a listener that throws is removed and reported, and the other listeners get every value', () => {
  const broken: unknown[] = [];
  const feed = createFeed<number>((error) => broken.push(error));
  const received: number[] = [];
  const error = new Error('broken');
  feed.subscribe(() => {
    throw error;
  });
  feed.subscribe((value) => received.push(value));
  feed.emit(1);
  feed.emit(2);
  expect(received).toEqual([1, 2]);
  expect(broken).toEqual([error]);
  expect(feed.size).toBe(1);
});

it('a function that subscribes twice has two separate subscriptions', () => {
  const feed = createFeed<number>(() => {});
  const received: number[] = [];
  const listen = (value: number) => received.push(value);
  const unsubscribe = feed.subscribe(listen);
  feed.subscribe(listen);
  feed.emit(1);
  unsubscribe();
  feed.emit(2);
  expect(received).toEqual([1, 1, 2]);
});
