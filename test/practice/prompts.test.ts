import { describe, expect, it } from 'vitest';
import { latestPrompt, promptsOf, stepsTakenSince } from '../../src/practice/prompts.ts';
import { assistant, call, request, result, user } from './fixtures.ts';

const MID_TURN =
  'The user sent a new message while you were working:\nalso this\n\n' +
  'This is how Claude Code surfaces messages the user sends mid-turn.';

describe('the prompts of a request', () => {
  it('are the texts of user messages, trimmed', () => {
    const messages = [{ role: 'user', content: 'one\n' }, assistant('a'), user('two')];

    expect(promptsOf(request(messages))).toEqual([
      { text: 'one', message: 0 },
      { text: 'two', message: 2 },
    ]);
  });

  it('leave out system reminders, tool results and system messages', () => {
    const messages = [
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>\nnote\n</system-reminder>\n' },
          { type: 'text', text: 'real' },
        ],
      },
      { role: 'system', content: '# Environment' },
      call('t1', 'Bash'),
      result('t1', 'output'),
    ];

    expect(promptsOf(request(messages))).toEqual([{ text: 'real', message: 0 }]);
  });

  it('leave out the texts that claude writes as the user', () => {
    const messages = [
      user('real'),
      user('[Request interrupted by user for tool use]'),
      user('[Your previous response had no visible output. Please continue.]'),
    ];

    expect(latestPrompt(request(messages))).toEqual({ text: 'real', message: 0 });
  });

  it('are separate although claude joined a failed prompt and the next one', () => {
    const content = ['failed\n', 'next'].map((text) => ({ type: 'text', text }));

    expect(latestPrompt(request([{ role: 'user', content }])).text).toBe('next');
  });

  it.each([
    ['a system message', { role: 'system', content: [{ type: 'text', text: MID_TURN }] }],
    ['a reminder', user(`<system-reminder>\n${MID_TURN}\n</system-reminder>`)],
    ['a tool result', result('t1', `ok\n\n<system-reminder>\n${MID_TURN}\n</system-reminder>`)],
  ])('include a prompt sent mid-turn, found in %s', (_place, message) => {
    const messages = [user('first'), call('t1', 'Bash'), message];

    expect(latestPrompt(request(messages))).toEqual({ text: 'also this', message: 2 });
  });

  it('may be missing', () => {
    expect(latestPrompt(request([assistant('a')]))).toEqual({ text: '', message: -1 });
  });
});

describe('the steps taken since a message', () => {
  it('are the answers after it', () => {
    const messages = [user('a'), assistant('1'), user('b'), call('t', 'Bash'), result('t', 'x')];

    expect(stepsTakenSince(request(messages), 0)).toBe(2);
    expect(stepsTakenSince(request(messages), 2)).toBe(1);
  });

  it('leave out the answer that claude inserts after an interrupted turn', () => {
    const messages = [user('a'), assistant('1'), assistant('No response requested.'), user('b')];

    expect(stepsTakenSince(request(messages), 0)).toBe(1);
  });
});
