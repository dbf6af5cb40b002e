import { expect, it } from 'vitest';
import { createFeed } from '../../../src/journal/feed.ts';

it('a listener hears what is said between its coming and its going', () => {
  const feed = createFeed<number>(() => {});
  const heard: number[] = [];
  feed.emit(1);
  const stop = feed.subscribe((value) => heard.push(value));
  feed.emit(2);
  stop();
  feed.emit(3);
  expect(heard).toEqual([2]);
  expect(feed.size).toBe(0);
});

it('a listener that throws is let go and reported, and the others hear everything', () => {
  const broken: unknown[] = [];
  const feed = createFeed<number>((error) => broken.push(error));
  const heard: number[] = [];
  const error = new Error('broken');
  feed.subscribe(() => {
    throw error;
  });
  feed.subscribe((value) => heard.push(value));
  feed.emit(1);
  feed.emit(2);
  expect(heard).toEqual([1, 2]);
  expect(broken).toEqual([error]);
  expect(feed.size).toBe(1);
});

it('one function that listens twice hears twice, and goes one at a time', () => {
  const feed = createFeed<number>(() => {});
  const heard: number[] = [];
  const listen = (value: number) => heard.push(value);
  const stop = feed.subscribe(listen);
  feed.subscribe(listen);
  feed.emit(1);
  stop();
  feed.emit(2);
  expect(heard).toEqual([1, 1, 2]);
});
