import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseStep,
  parseScript,
  type Rule,
  ScriptError,
  type Turn,
} from '../../src/practice/script.ts';
import { lastScriptIn } from '../../src/practice/script-text.ts';
import { assistant, call, request, result, scripted, user } from './fixtures.ts';

describe('a script in a prompt', () => {
  const prompt = user(scripted([{ text: 'first' }, { text: 'second' }]));

  it('starts with its first step', () => {
    expect(chooseStep(request([prompt]), [])).toMatchObject({ step: { text: 'first' }, index: 0 });
  });

  it('continues with the next step after each answer', () => {
    const messages = [prompt, call('t1', 'Bash'), result('t1', 'ok')];

    expect(chooseStep(request(messages), [])).toMatchObject({ step: { text: 'second' }, index: 1 });
  });

  it('reports its end', () => {
    const messages = [prompt, assistant('first'), assistant('second'), user('more')];

    expect(chooseStep(request(messages), []).step.text).toBe('Practice script finished.');
  });

  it('continues after a prompt without a script', () => {
    const messages = [prompt, assistant('first'), user('go on')];

    expect(chooseStep(request(messages), []).step.text).toBe('second');
  });

  it('is replaced by the script of a later prompt', () => {
    const messages = [prompt, assistant('first'), user(scripted([{ text: 'new' }]))];

    expect(chooseStep(request(messages), [])).toMatchObject({ step: { text: 'new' }, index: 0 });
  });

  it('has priority over the rules', () => {
    const rules: Rule[] = [{ match: 'Go', steps: [{ text: 'rule' }] }];

    expect(chooseStep(request([prompt]), rules).step.text).toBe('first');
  });
});

describe('rules', () => {
  const rules: Rule[] = [
    { match: /^hello/gi, steps: [{ text: 'regex' }] },
    { match: 'ell', steps: [{ text: 'substring' }] },
  ];
  const answer = (prompt: string) => chooseStep(request([user(prompt)]), rules).step.text;

  it('answer by the first match, each time', () => {
    expect([answer('Hello'), answer('Hello'), answer('sell')]).toEqual([
      'regex',
      'regex',
      'substring',
    ]);
  });

  it('see only the latest prompt', () => {
    const messages = [user('hello'), assistant('regex'), user('other')];

    expect(chooseStep(request(messages), rules).step).toEqual({});
  });

  it('leave an unknown prompt to the default answer', () => {
    expect(chooseStep(request([user('other')]), rules)).toMatchObject({ step: {}, index: 0 });
  });

  it('may be functions that see the turn', () => {
    const turns: Turn[] = [];
    const steps = (turn: Turn) => {
      turns.push(turn);
      return { text: 'made' };
    };
    const messages = [user('do'), call('t1', 'Bash'), result('t1', [{ type: 'text', text: 'ok' }])];
    const choice = chooseStep(request(messages), [{ match: 'do', steps }]);

    expect(choice.step).toEqual({ text: 'made' });
    expect(turns).toMatchObject([
      {
        prompt: 'do',
        step: 1,
        results: [{ tool_use_id: 't1', name: 'Bash', content: 'ok', is_error: false }],
      },
    ]);
  });

  it('report a function that throws', () => {
    const steps = () => {
      throw new Error('no idea');
    };

    expect(() => chooseStep(request([user('do')]), [{ match: 'do', steps }])).toThrow(
      new ScriptError('The practice rule failed: no idea.'),
    );
  });
});

describe('a wrong script', () => {
  it.each([
    ['{', /^The <practice> script is not valid JSON: /],
    ['[]', /script is wrong: a script needs at least one step\.$/],
    ['[{"txt":"a"}]', /step 1: Unrecognized key: "txt"/],
    ['[{},{"tools":[{"name":"Bash"}]}]', /step 2, tools\.0\.input: Invalid input/],
    ['[{"error":{"status":200}}]', /step 1, error\.status: /],
    ['[{"text":"a","bytes":3}]', /step 1: give text or bytes, not both/],
  ])('is refused: %s', (text, message) => {
    expect(() => parseScript(text)).toThrow(ScriptError);
    expect(() => parseScript(text)).toThrow(message);
  });
});

describe('the text of a script', () => {
  it.each([
    ['none here', undefined],
    ['<practice>a</practice>', 'a'],
    ['<practice>a</practice> <practice>b</practice>', 'b'],
    ['<practice>x<practice>y</practice>z</practice>', 'x<practice>y</practice>z'],
    ['</practice><practice>a</practice>', 'a'],
    ['<practice>[{"text":', '[{"text":'],
  ])('of %j is %j', (text, script) => {
    expect(lastScriptIn(text)).toBe(script);
  });

  it('may contain the scripts of other workers, at any depth', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(4), (text, depth) => {
        let prompt = scripted([{ text: text.replaceAll('practice>', '') }]);
        for (let level = 0; level < depth; level += 1) {
          prompt = scripted([{ tools: [{ name: 'start', input: { prompt } }] }]);
        }
        expect(scripted(parseScript(lastScriptIn(prompt) ?? ''))).toBe(prompt);
      }),
    );
  });
});
