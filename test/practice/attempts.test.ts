import { describe, expect, it } from 'vitest';
import { Attempts } from '../../src/practice/attempts.ts';
import { chooseStep, type Step } from '../../src/practice/script.ts';
import { assistant, request, scripted, user } from './fixtures.ts';

function attemptTimes(step: Step, count: number, session = 's1', attempts = new Attempts()) {
  const asked = request([user(scripted([step]))], session);
  return Array.from({ length: count }, () => attempts.next(asked, chooseStep(asked, [])));
}

describe('attempts at a step', () => {
  it('fail every time if the step has no number of times', () => {
    const error = { status: 500 };

    expect(attemptTimes({ error, text: 'a' }, 2)).toEqual([
      { error, text: 'a' },
      { error, text: 'a' },
    ]);
  });

  it('fail, then are cut, then hang, then succeed', () => {
    const error = { status: 529, times: 2 };

    expect(attemptTimes({ error, cut: 1, hang: 1, text: 'a' }, 5)).toEqual([
      { error, text: 'a' },
      { error, text: 'a' },
      { cut: true, text: 'a' },
      { hang: true, text: 'a' },
      { text: 'a' },
    ]);
  });

  it('are counted for each session', () => {
    const attempts = new Attempts();
    const step = { cut: 1, text: 'a' };

    expect(attemptTimes(step, 2, 's1', attempts)).toEqual([
      { cut: true, text: 'a' },
      { text: 'a' },
    ]);
    expect(attemptTimes(step, 1, 's2', attempts)).toEqual([{ cut: true, text: 'a' }]);
  });

  it('are counted further when the session is resumed', () => {
    const attempts = new Attempts();
    const first = [user(scripted([{ hang: 1, text: 'a' }]))];
    const resumed = [...first, assistant('No response requested.'), user('go on')];
    const steps = [first, resumed].map((messages) => {
      const asked = request(messages);
      return attempts.next(asked, chooseStep(asked, []));
    });

    expect(steps).toEqual([{ hang: true, text: 'a' }, { text: 'a' }]);
  });
});
