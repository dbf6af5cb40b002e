import { describe, expect, it } from 'vitest';
import { readTurns } from '../../../src/history/turns.ts';
import { replay } from '../../../src/journal/replay.ts';
import { asked, createLife, echo, ended, said } from './worker.ts';

const init = { type: 'system', subtype: 'init', model: 'claude-real' };

const turnsOf = ({ records }: ReturnType<typeof createLife>) =>
  readTurns(replay(JSON.parse(JSON.stringify(records)))).entries.map(({ turn }) => turn);

describe('the turns of a journal', () => {
  it('begin with the spawn and with each resume, and end when the worker settles', () => {
    const life = createLife();
    life.say(init, ended({ result: 'One.' }));
    life.happen({ type: 'RESUME', prompt: { id: 'p2', text: 'Next.' } });
    life.say(init);
    expect(turnsOf(life)).toMatchObject([
      {
        ...{ prompt: 'Do it.', status: 'completed' },
        ...{ started_at: '1970-01-01T00:00:00.000Z', ended_at: '1970-01-01T00:00:02.000Z' },
      },
      {
        ...{ prompt: 'Next.', status: 'running' },
        ...{ started_at: '1970-01-01T00:00:03.000Z', ended_at: null },
      },
    ]);
  });

  it('do not include a refused resume', () => {
    const life = createLife();
    life.say(init);
    life.happen({ type: 'RESUME', prompt: { id: 'p2', text: 'Too early.' } });
    expect(turnsOf(life)).toHaveLength(1);
  });

  it('have only their own part of the cost of the process', () => {
    const life = createLife();
    life.say(init, ended({ result: 'One.', total_cost_usd: 0.5 }));
    life.happen({ type: 'RESUME', prompt: { id: 'p2', text: 'Next.' } });
    life.say(init, echo('p2', 'Next.'), ended({ result: 'Two.', total_cost_usd: 0.8 }));
    const costs = turnsOf(life).map(({ cost_usd }) => cost_usd);
    expect(costs[0]).toBeCloseTo(0.5);
    expect(costs[1]).toBeCloseTo(0.3);
  });

  it('have the offset behind their own result line in stdout', () => {
    const life = createLife();
    life.say(init, said('Hi'), ended({ result: 'One.', user_message_uuids: ['p1'] }));
    life.happen({ type: 'RESUME', prompt: { id: 'p2', text: 'Next.' } });
    life.say(init, echo('p2', 'Next.'), ended({ result: 'Two.', user_message_uuids: ['p2'] }));
    const { entries } = readTurns(replay(life.records));
    const offsets = life.records.flatMap(({ event, offset }) =>
      event.type === 'RESULT_SEEN' ? [offset] : [],
    );
    expect(entries.map(({ resultOffset }) => resultOffset)).toEqual(offsets);
  });

  it('name a request that came after the turn as denied by the server, with the reason', () => {
    const life = createLife();
    life.say(init, ended({ result: 'One.' }), asked('late'));
    expect(turnsOf(life)).toMatchObject([
      {
        permissions: [
          {
            ...{ tool: 'Bash', decision: 'deny', by: 'server' },
            reason: 'No turn is under way that could take this request.',
          },
        ],
      },
    ]);
  });

  it('of a stopped worker have the reason stopped', () => {
    const life = createLife();
    life.say(init);
    life.happen({ type: 'STOP' });
    life.happen({ type: 'EXITED', reason: 'killed', hint: 'By SIGTERM', returncode: 143 });
    expect(turnsOf(life)).toMatchObject([
      { status: 'failed', reason: 'stopped', error_hint: 'Stopped on request.' },
    ]);
  });

  it('cannot be read from an empty journal', () => {
    expect(() => readTurns([])).toThrow('The journal is empty.');
  });
});
