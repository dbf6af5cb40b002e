import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** Reads a machine for its drawings: its states, its arrows and their labels. */

/** All transitions from one state to another: a drawing has one arrow for them. */
export interface Arrow {
  target: AnyStateNode;
  transitions: AnyTransitionDefinition[];
}

/** Returns the arrows that leave a state, in the order of its events. */
export function arrowsOf(node: AnyStateNode): Arrow[] {
  const arrows = new Map<AnyStateNode, Arrow>();
  for (const transition of transitionsOf(node)) {
    for (const target of transition.target ?? []) {
      if (target === node) continue;
      const arrow = arrows.get(target) ?? { target, transitions: [] };
      arrow.transitions.push(transition);
      arrows.set(target, arrow);
    }
  }
  return [...arrows.values()];
}

/** Returns the events that a state handles without leaving it, or by entering itself again. */
export function eventsWithin(node: AnyStateNode): string[] {
  const inner = transitionsOf(node).filter(({ target }) => !target || target.includes(node));
  return [...new Set(inner.map(eventLabel))];
}

/** Returns `EVENT`, `EVENT [guard]`, or `EVENT [else]` for the last transition of a guarded event. */
export function labelOf(transition: AnyTransitionDefinition): string {
  const { guard, source, eventType } = transition;
  const event = eventLabel(transition);
  const isOneOfSeveral = (source.transitions.get(eventType) ?? []).length > 1;
  if (guard) return `${event} [${nameOf(guard)}]`.trim();
  return isOneOfSeveral ? `${event} [else]` : event;
}

export function eventLabel({
  eventType,
  delay,
}: AnyTransitionDefinition & { delay?: unknown }): string {
  return delay === undefined ? eventType.replace(/^xstate\./, '') : `after ${delay}`;
}

export function nameOf(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type);
  return typeof guard === 'function' && guard.name !== '' ? guard.name : 'a guard';
}

export const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

export const statesBelow = (node: AnyStateNode): AnyStateNode[] =>
  childrenOf(node).flatMap((child) => [child, ...statesBelow(child)]);

const transitionsOf = (node: AnyStateNode): AnyTransitionDefinition[] => [
  ...(node.always ?? []),
  ...[...node.transitions.values()].flat(),
];
