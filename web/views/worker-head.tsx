import { useSignal } from '@preact/signals';
import type { WorkerView } from '../../src/projection/contract.ts';
import { isSettled, isStoppable } from '../model/group.ts';
import { StateChip } from '../parts/state-chip.tsx';
import { VisibleText } from '../parts/visible-text.tsx';
import type { Source } from '../source/source.ts';
import { refusalToAct } from '../state/answers.ts';
import { messageOf } from '../text/error.ts';
import { count, money } from '../text/format.ts';
import { ExportButton } from './export-button.tsx';

interface HeadProps {
  worker: WorkerView;
  source: Source;
}

/** Shows the worker's facts, its cost and the actions on it. */
export function WorkerHead({ worker, source }: HeadProps) {
  const { description, state, agent_type, model, turn, cost_usd, tokens, cwd } = worker;
  return (
    <header class="worker-head">
      <a class="back" href="#/" aria-label="All workers">
        ←
      </a>
      <h1>
        <VisibleText text={description} />
      </h1>
      <StateChip state={state} />
      <dl class="facts">
        {[
          ['turn', String(turn)],
          ['cost', money(cost_usd)],
          ['tokens', `${count(tokens.input)} in, ${count(tokens.output)} out`],
          ['model', model],
          ['agent', agent_type],
          ['folder', cwd],
        ].map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <VisibleText text={value} />
                </dd>
              </div>
            ),
        )}
      </dl>
      <Actions {...{ worker, source }} />
      <details class="prompt">
        <summary>Prompt of turn {turn}</summary>
        <pre>
          <VisibleText text={worker.prompt} />
        </pre>
      </details>
    </header>
  );
}

/** Offers to stop a turn in progress, and to resume the worker after its turn. */
function Actions({ worker, source }: HeadProps) {
  const isWriting = useSignal(false);
  const isBusy = useSignal(false);
  const why = useSignal('');
  const prompt = useSignal('');
  const refusal = refusalToAct() ?? (worker.owner === 'foreign' ? 'Another server has it.' : '');
  const act = async (action: () => Promise<void>) => {
    isBusy.value = true;
    why.value = '';
    try {
      await action();
      isWriting.value = false;
    } catch (error) {
      why.value = messageOf(error);
    }
    isBusy.value = false;
  };
  const canResume = isSettled(worker.state);
  return (
    <div class="actions">
      <ExportButton source={source} of={worker.worker_id} title="This worker as one HTML file" />
      {isStoppable(worker.state) && (
        <button
          type="button"
          disabled={isBusy.value || refusal !== ''}
          title={refusal}
          onClick={() => act(() => source.stop(worker.worker_id))}
        >
          Stop
        </button>
      )}
      {canResume && !isWriting.value && (
        <button
          type="button"
          disabled={refusal !== ''}
          title={refusal}
          onClick={() => {
            isWriting.value = true;
          }}
        >
          Resume…
        </button>
      )}
      {canResume && isWriting.value && (
        <form
          class="resume"
          onSubmit={(event) => {
            event.preventDefault();
            if (prompt.value !== '') void act(() => source.resume(worker.worker_id, prompt.value));
          }}
        >
          <textarea
            aria-label="Prompt of the next turn"
            placeholder="What should it do next?"
            value={prompt.value}
            onInput={({ currentTarget }) => {
              prompt.value = currentTarget.value;
            }}
          />
          <button type="submit" disabled={isBusy.value || refusal !== '' || prompt.value === ''}>
            Resume
          </button>
        </form>
      )}
      {why.value && (
        <p class="refusal" role="alert">
          {why.value}
        </p>
      )}
    </div>
  );
}
