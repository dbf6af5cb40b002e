import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { arrowsOf, childrenOf, eventsWithin, labelOf, statesBelow } from './chart.ts';

/** The number of columns in a line of a state's box. */
const boxWidth = 44;

/**
 * Draws a machine as a Mermaid state diagram: states with their descriptions, initial states, and one
 * arrow for all events from one state to another. The box of a state lists the events that it handles
 * without leaving, so that the diagram has few arrows.
 */
export function mermaidOf(machine: AnyStateMachine): string {
  const { root } = machine;
  const body = [...statesIn(root), ...statesBelow(root).flatMap(arrowsFrom)];
  const lines = [...titleOf(root), 'stateDiagram-v2', ...body.map(indented)];
  return `${lines.join('\n')}\n`;
}

/** Returns the machine's name, and the events that it handles in every state. */
function titleOf(root: AnyStateNode): string[] {
  const always = eventsWithin(root);
  const aside = always.length === 0 ? '' : ` (in every state: ${always.join(', ')})`;
  return ['---', `title: ${JSON.stringify(root.id + aside)}`, '---'];
}

function statesIn(node: AnyStateNode): string[] {
  const [initial] = node.initial.target ?? [];
  const entrance = initial ? [`[*] --> ${idOf(initial)}`] : [];
  return [...entrance, ...childrenOf(node).flatMap(boxOf)];
}

/** Draws a state's box. A state with children can only have a title, which then has its description. */
function boxOf(node: AnyStateNode): string[] {
  const id = idOf(node);
  const { key, description = '' } = node;
  if (childrenOf(node).length > 0) {
    const title = `state "${quoted(`${key}: ${description}`)}" as ${id} {`;
    return [title, ...statesIn(node).map(indented), '}'];
  }
  const lines = [...wrapped(description), ...wrapped(eventsWithin(node).join(', '), 'stays on')];
  const end = node.type === 'final' ? [`${id} --> [*]`] : [];
  return [
    `state "${quoted(key)}" as ${id}`,
    ...lines.map((line) => `${id} : ${escaped(line)}`),
    ...end,
  ];
}

function arrowsFrom(node: AnyStateNode): string[] {
  return arrowsOf(node).map(({ target, transitions }) => {
    const label = transitions
      .map(labelOf)
      .filter((text) => text !== '')
      .map(escaped)
      .join('<br/>');
    return `${idOf(node)} --> ${idOf(target)}${label === '' ? '' : ` : ${label}`}`;
  });
}

const idOf = (node: AnyStateNode): string => node.path.join('_').replace(/\W/g, '_');

/** Replaces the characters that end a label in Mermaid by their codes. */
const escaped = (text: string): string =>
  text.replace(/[:;#*<>"]/g, (char) => `#${char.charCodeAt(0)};`);

const quoted = (text: string): string => text.replaceAll('"', "'");

const indented = (line: string): string => `  ${line}`;

/** Splits a text into lines that fit into a box, with the heading before the first. */
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
