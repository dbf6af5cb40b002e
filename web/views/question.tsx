import { useSignal } from '@preact/signals';
import { VisibleText } from '../parts/visible-text.tsx';

/** A question of AskUserQuestion. */
export interface AskedQuestion {
  question: string;
  options: string[];
  isMultiple: boolean;
}

/** Reads the questions in the input of AskUserQuestion; skips anything that is not a question. */
export function questionsOf({ questions }: Record<string, unknown>): AskedQuestion[] {
  if (!Array.isArray(questions)) return [];
  return questions.flatMap((asked) => {
    if (typeof asked?.question !== 'string') return [];
    const options: unknown[] = Array.isArray(asked.options) ? asked.options : [];
    const labels = options.flatMap((option) =>
      typeof option === 'object' && option !== null && 'label' in option
        ? [String(option.label)]
        : [],
    );
    return [{ question: asked.question, options: labels, isMultiple: asked.multiSelect === true }];
  });
}

interface QuestionProps {
  questions: AskedQuestion[];
  isDisabled: boolean;
  onAnswer(answers: Record<string, string>): void;
}

/** Asks each question with its options and a field for another answer. */
export function Question({ questions, isDisabled, onAnswer }: QuestionProps) {
  const chosen = useSignal<Record<string, string[]>>({});
  const words = useSignal<Record<string, string>>({});
  const answerOf = (question: string) =>
    words.value[question]?.trim() || (chosen.value[question] ?? []).join(', ');
  const isComplete = questions.every(({ question }) => answerOf(question) !== '');
  const choose = ({ question, isMultiple }: AskedQuestion, option: string, isOn: boolean) => {
    const before = isMultiple ? (chosen.value[question] ?? []) : [];
    const others = before.filter((label) => label !== option);
    chosen.value = { ...chosen.value, [question]: isOn ? [...others, option] : others };
  };
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault();
        const entries = questions.map(({ question }) => [question, answerOf(question)] as const);
        if (isComplete) onAnswer(Object.fromEntries(entries));
      }}
    >
      {questions.map((asked) => (
        <fieldset key={asked.question} disabled={isDisabled}>
          <legend>
            <VisibleText text={asked.question} />
          </legend>
          {asked.options.map((option) => (
            <label key={option}>
              <input
                type={asked.isMultiple ? 'checkbox' : 'radio'}
                name={asked.question}
                checked={chosen.value[asked.question]?.includes(option) ?? false}
                onChange={({ currentTarget }) => choose(asked, option, currentTarget.checked)}
              />{' '}
              <VisibleText text={option} />
            </label>
          ))}
          <input
            type="text"
            aria-label={`Own answer to: ${asked.question}`}
            placeholder="Or in your own words"
            onInput={({ currentTarget }) => {
              words.value = { ...words.value, [asked.question]: currentTarget.value };
            }}
          />
        </fieldset>
      ))}
      <button type="submit" class="allow" disabled={isDisabled || !isComplete}>
        Answer
      </button>
    </form>
  );
}
