import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** Columns of text that one line inside a state's box holds. */
const boxWidth = 44;

/**
 * A machine as a Mermaid state diagram: states with their descriptions, initial states, and one
 * arrow for all events that lead from one state to another. What a state answers without leaving
 * is listed inside its box, so that the arrows stay few enough to be followed.
 */
export function mermaidOf(machine: AnyStateMachine): string {
  const { root } = machine;
  const body = [...statesIn(root), ...statesBelow(root).flatMap(arrowsFrom)];
  const lines = [...titleOf(root), 'stateDiagram-v2', ...body.map(indented)];
  return `${lines.join('\n')}\n`;
}

/** The machine's name, and what it answers whatever its state. */
function titleOf(root: AnyStateNode): string[] {
  const always = stays(root);
  const aside = always.length === 0 ? '' : ` (in every state: ${always.join(', ')})`;
  return ['---', `title: ${JSON.stringify(root.id + aside)}`, '---'];
}

function statesIn(node: AnyStateNode): string[] {
  const [initial] = node.initial.target ?? [];
  const entrance = initial ? [`[*] --> ${idOf(initial)}`] : [];
  return [...entrance, ...childrenOf(node).flatMap(boxOf)];
}

/** A state's box. One that holds states can show a title only, so its description goes there. */
function boxOf(node: AnyStateNode): string[] {
  const id = idOf(node);
  const { key, description = '' } = node;
  if (childrenOf(node).length > 0) {
    const title = `state "${quoted(`${key}: ${description}`)}" as ${id} {`;
    return [title, ...statesIn(node).map(indented), '}'];
  }
  const lines = [...wrapped(description), ...wrapped(stays(node).join(', '), 'stays on')];
  const end = node.type === 'final' ? [`${id} --> [*]`] : [];
  return [
    `state "${quoted(key)}" as ${id}`,
    ...lines.map((line) => `${id} : ${escaped(line)}`),
    ...end,
  ];
}

/** The events that a state answers without leaving it; to be entered anew counts as that too. */
function stays(node: AnyStateNode): string[] {
  const inner = transitionsOf(node).filter(({ target }) => !target || target.includes(node));
  return [...new Set(inner.map(eventLabel))];
}

function arrowsFrom(node: AnyStateNode): string[] {
  const labels = new Map<AnyStateNode, string[]>();
  for (const transition of transitionsOf(node)) {
    for (const target of transition.target ?? []) {
      if (target === node) continue;
      labels.set(target, [...(labels.get(target) ?? []), labelOf(transition)]);
    }
  }
  return [...labels].map(([target, list]) => {
    const label = list
      .filter((text) => text !== '')
      .map(escaped)
      .join('<br/>');
    return `${idOf(node)} --> ${idOf(target)}${label === '' ? '' : ` : ${label}`}`;
  });
}

/** `EVENT`, `EVENT [guard]`, or `EVENT [else]` where it is what is left of a guarded event. */
function labelOf(transition: AnyTransitionDefinition): string {
  const { guard, source, eventType } = transition;
  const event = eventLabel(transition);
  const isOneOfSeveral = (source.transitions.get(eventType) ?? []).length > 1;
  if (guard) return `${event} [${nameOf(guard)}]`.trim();
  return isOneOfSeveral ? `${event} [else]` : event;
}

function eventLabel({ eventType, delay }: AnyTransitionDefinition & { delay?: unknown }): string {
  return delay === undefined ? eventType.replace(/^xstate\./, '') : `after ${delay}`;
}

function nameOf(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type);
  return typeof guard === 'function' && guard.name !== '' ? guard.name : 'a guard';
}

const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

const statesBelow = (node: AnyStateNode): AnyStateNode[] =>
  childrenOf(node).flatMap((child) => [child, ...statesBelow(child)]);

const transitionsOf = (node: AnyStateNode): AnyTransitionDefinition[] => [
  ...(node.always ?? []),
  ...[...node.transitions.values()].flat(),
];

const idOf = (node: AnyStateNode): string => node.path.join('_').replace(/\W/g, '_');

/** Colons, semicolons and the like end a label in Mermaid; their character codes do not. */
const escaped = (text: string): string =>
  text.replace(/[:;#*<>"]/g, (char) => `#${char.charCodeAt(0)};`);

const quoted = (text: string): string => text.replaceAll('"', "'");

const indented = (line: string): string => `  ${line}`;

/** `text` in lines that fit into a box, or none; `heading` goes before the first. */
function wrapped(text: string, heading?: string): string[] {
  if (text === '') return [];
  const lines: string[] = [];
  let line = heading;
  for (const word of text.split(' ')) {
    const longer = line === undefined ? word : `${line} ${word}`;
    if (line !== undefined && longer.length > boxWidth) lines.push(line);
    line = longer.length > boxWidth ? word : longer;
  }
  return line === undefined ? lines : [...lines, line];
}
