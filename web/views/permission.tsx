import { useSignal } from '@preact/signals';
import type { PermissionBody, RequestView, WorkerView } from '../../src/projection/contract.ts';
import { hashOf } from '../model/route.ts';
import { VisibleText } from '../parts/visible-text.tsx';
import type { Source } from '../source/source.ts';
import { answer, answering, refusalToAct } from '../state/answers.ts';
import { now } from '../state/clock.ts';
import { duration } from '../text/format.ts';
import { Question, questionsOf } from './question.tsx';
import { ToolInput } from './tool-input.tsx';

interface PermissionProps {
  request: RequestView;
  worker: WorkerView;
  source: Source;
  hasWorkerLink?: boolean;
}

/** Shows a whole request and its possible answers. Its keys work while it has the focus. */
export function Permission({ request, worker, source, hasWorkerLink }: PermissionProps) {
  const isDenying = useSignal(false);
  const state = answering.value.get(request.request_id);
  const isOver = state?.kind === 'sending' || state?.kind === 'sent';
  const refusal = refusalToAct() ?? (worker.owner === 'foreign' ? 'Another server has it.' : '');
  const isDisabled = isOver || refusal !== '';
  const questions = request.tool === 'AskUserQuestion' ? questionsOf(request.input) : [];
  const send = (body: Omit<PermissionBody, 'input_sha256'>) =>
    void answer(source, request.request_id, { ...body, input_sha256: request.input_sha256 });
  const keys: Record<string, () => void> = {
    ...(questions.length === 0 && { a: () => send({ decision: 'allow' }) }),
    ...(request.can_remember && { r: () => send({ decision: 'allow', remember: true }) }),
    d: () => {
      isDenying.value = true;
    },
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isWriting =
      event.target !== event.currentTarget &&
      event.target instanceof HTMLElement &&
      event.target.matches('input, textarea');
    const act = keys[event.key];
    if (isDisabled || isWriting || !act || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };
  return (
    <article
      class="permission"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys of the card need its focus
      tabIndex={0}
      onKeyDown={onKeyDown}
      data-request={request.request_id}
      aria-label={`${request.tool}, asked by ${worker.description}`}
    >
      <header>
        <h3>
          <span aria-hidden="true">◆</span> {request.tool}
        </h3>
        {hasWorkerLink && <a href={hashOf({ worker: worker.worker_id })}>{worker.description}</a>}
        <span class="quiet">
          in <VisibleText text={worker.cwd} />, asked <Asked at={request.asked_at} /> ago
        </span>
      </header>
      <ToolInput input={request.input} />
      {questions.length > 0 && (
        <Question
          {...{ questions, isDisabled }}
          onAnswer={(answers) => send({ decision: 'allow', answers })}
        />
      )}
      <footer>
        {questions.length === 0 && (
          <button type="button" class="allow" disabled={isDisabled} onClick={keys.a}>
            Allow once <kbd>a</kbd>
          </button>
        )}
        {request.can_remember && (
          <button type="button" disabled={isDisabled} onClick={keys.r}>
            Allow and remember <kbd>r</kbd>
          </button>
        )}
        {!isDenying.value && (
          <button type="button" class="deny" disabled={isDisabled} onClick={keys.d}>
            Deny… <kbd>d</kbd>
          </button>
        )}
        {isDenying.value && (
          <Denial
            isDisabled={isDisabled}
            onDeny={(reason) => send({ decision: 'deny', ...(reason && { reason }) })}
            onCancel={() => {
              isDenying.value = false;
            }}
          />
        )}
        <p class="notice" role="status">
          {noticeOf(state, refusal)}
        </p>
      </footer>
    </article>
  );
}

function noticeOf(state: ReturnType<typeof answering.value.get>, refusal: string): string {
  if (state?.kind === 'sending') return 'Sending the answer…';
  if (state?.kind === 'sent') return 'Answered.';
  return state?.kind === 'refused' ? state.why : refusal;
}

interface DenialProps {
  isDisabled: boolean;
  onDeny(reason: string): void;
  onCancel(): void;
}

function Denial({ isDisabled, onDeny, onCancel }: DenialProps) {
  const reason = useSignal('');
  return (
    <form
      class="denial"
      onSubmit={(event) => {
        event.preventDefault();
        onDeny(reason.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onCancel();
      }}
    >
      <input
        type="text"
        aria-label="Reason for the denial"
        placeholder="Why, and what to do instead (may be empty)"
        ref={(field) => field?.focus()}
        value={reason.value}
        onInput={({ currentTarget }) => {
          reason.value = currentTarget.value;
        }}
      />
      <button type="submit" class="deny" disabled={isDisabled}>
        Deny
      </button>
    </form>
  );
}

function Asked({ at }: { at: number }) {
  return <>{duration(now.value - at)}</>;
}
