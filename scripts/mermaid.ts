import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { arrowsOf, childrenOf, labelOf, statesBelow, stays } from './chart.ts';

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
