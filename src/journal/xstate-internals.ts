import {
  type AnyActorScope,
  type AnyStateMachine,
  type ContextFrom,
  createActor,
  fromCallback,
  type InspectionEvent,
} from 'xstate';

/**
 * All that this project uses of XState beyond its documented interface, so XState's version is
 * pinned. Each function has a test that fails when XState changes.
 */

type Microstep = Extract<InspectionEvent, { type: '@xstate.microstep' }>;

/** Returns the ids of the states to which the transitions of a step lead; without a target, its source. */
export function targetsOf({ _transitions }: Microstep): string[] {
  return _transitions.map(({ source, target }) => target?.[0]?.id ?? source.id);
}

const stubActor = createActor(fromCallback(() => {}));

/**
 * The scope of a replayed machine: no parent, and no effect is carried out. XState's own `transition`
 * makes a scope and an actor for each event, which takes longer than the event.
 */
export const stubScope: AnyActorScope = {
  self: stubActor,
  system: stubActor.system,
  ...{ id: '', sessionId: '' },
  logger: () => {},
  defer: () => {},
  stopChild: () => {},
  emit: () => {},
  actionExecutor: () => {},
};

/** The state of a machine, from which another actor of the machine continues. */
interface Restored<Machine extends AnyStateMachine> {
  value: unknown;
  context: ContextFrom<Machine>;
}

const isRestored = <Machine extends AnyStateMachine>(input: unknown): input is Restored<Machine> =>
  typeof input === 'object' && input !== null && 'value' in input && 'context' in input;

/**
 * Returns the machine, changed so that a spawned actor also takes a value and a context as its input
 * and continues there. XState restores a root actor only, not a spawned actor.
 * @param childInput what each invoked actor of the machine gets as its input.
 */
export function restorable<Machine extends AnyStateMachine>(
  machine: Machine,
  children: string[],
  childInput: (context: ContextFrom<Machine>) => unknown,
): Machine {
  const getInitialSnapshot: typeof machine.getInitialSnapshot = (scope, input) => {
    if (!isRestored<Machine>(input)) return machine.getInitialSnapshot(scope, input);
    const child = (src: string) => ({
      src,
      syncSnapshot: false,
      snapshot: { ...active, input: childInput(input.context) },
    });
    return machine.restoreSnapshot(
      {
        ...{ ...active, historyValue: {}, value: input.value, context: input.context },
        children: Object.fromEntries(children.map((src) => [src, child(src)])),
      } as unknown as Parameters<Machine['restoreSnapshot']>[0],
      scope,
    );
  };
  return Object.assign(Object.create(machine), { getInitialSnapshot });
}

const active = { status: 'active', output: undefined, error: undefined };
