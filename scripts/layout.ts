import type { ElkExtendedEdge, ElkNode, ElkPoint } from 'elkjs';
import elk from 'elkjs';
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { Box, ChartArrow, ChartLayout, ChartState, Point } from '../src/charts/layout.ts';
import { lineHeight, textWidth } from '../src/charts/metrics.ts';
import { arrowsOf, childrenOf, eventLabel, labelOf, nameOf, statesBelow } from './chart.ts';

/** Draws from top to bottom with right angles; all coordinates begin at the corner of the drawing. */
const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '20',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
};

const groupPadding = '[top=40,left=16,bottom=16,right=16]';
const [boxHeight, minWidth, startSize] = [44, 150, 12];

/** The lines beside an arrow: everything, or a short form for a narrow panel. */
export const labels = {
  whole: (transitions: AnyTransitionDefinition[]) => transitions.map(labelOf),
  short([first, ...others]: AnyTransitionDefinition[]) {
    const event = first ? eventLabel(first) : '';
    return [others.length === 0 ? event : `${event} +${others.length}`];
  },
};

type Label = (transitions: AnyTransitionDefinition[]) => string[];

/** Computes the position of every state and arrow; the result for a machine is always the same. */
export async function layoutOf(machine: AnyStateMachine, label: Label): Promise<ChartLayout> {
  const { root } = machine;
  const graph: ElkNode = {
    id: 'chart',
    layoutOptions: options,
    children: nodesIn(root),
    edges: [...startsOf(root), ...statesBelow(root).flatMap((node) => edgesFrom(node, label))],
  };
  const placed = await new elk.default().layout(graph);
  const nodes = new Map(allNodes(placed).map((node) => [node.id, node]));
  const edges = new Map((placed.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    id: machine.id,
    width: Math.ceil(placed.width ?? 0),
    height: Math.ceil(placed.height ?? 0),
    states: statesBelow(root).map((node) => placedState(node, nodes)),
    arrows: statesBelow(root).flatMap((node) => placedArrows(node, edges, label)),
    starts: [root, ...statesBelow(root)].flatMap((node) => placedStart(node, nodes, edges)),
  };
}

const keyOf = (node: AnyStateNode): string => node.path.join('.');
const startId = (node: AnyStateNode): string => `start:${keyOf(node)}`;
const arrowId = (source: AnyStateNode, target: AnyStateNode): string =>
  `${keyOf(source)}>${keyOf(target)}`;

function nodesIn(node: AnyStateNode): ElkNode[] {
  const start = { id: startId(node), width: startSize, height: startSize };
  return [start, ...childrenOf(node).map(nodeOf)];
}

function nodeOf(node: AnyStateNode): ElkNode {
  if (childrenOf(node).length > 0) {
    const layoutOptions = { 'elk.padding': groupPadding };
    return { id: keyOf(node), layoutOptions, children: nodesIn(node) };
  }
  const width = Math.max(minWidth, Math.ceil(textWidth(node.key) + 76));
  return { id: keyOf(node), width, height: boxHeight };
}

function startsOf(root: AnyStateNode): ElkExtendedEdge[] {
  return [root, ...statesBelow(root)].flatMap((node) => {
    const [target] = node.initial?.target ?? [];
    return target && childrenOf(node).length > 0
      ? [{ id: startId(node), sources: [startId(node)], targets: [keyOf(target)] }]
      : [];
  });
}

function edgesFrom(node: AnyStateNode, label: Label): ElkExtendedEdge[] {
  return arrowsOf(node).map(({ target, transitions }) => {
    const texts = label(transitions);
    const width = Math.ceil(Math.max(...texts.map(textWidth)) + 8);
    return {
      id: arrowId(node, target),
      sources: [keyOf(node)],
      targets: [keyOf(target)],
      labels: [{ text: texts.join('\n'), width, height: texts.length * lineHeight + 2 }],
    };
  });
}

function allNodes(node: ElkNode): ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(allNodes)];
}

const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box> = {}): Box => ({
  ...{ x: round(x), y: round(y), width: round(width), height: round(height) },
});

function placedState(node: AnyStateNode, nodes: Map<string, ElkNode>): ChartState {
  return {
    state: keyOf(node),
    name: node.key,
    description: node.description ?? '',
    isGroup: childrenOf(node).length > 0,
    ...boxOf(nodes.get(keyOf(node))),
  };
}

function placedArrows(
  node: AnyStateNode,
  edges: Map<string, ElkExtendedEdge>,
  label: Label,
): ChartArrow[] {
  return arrowsOf(node).map(({ target, transitions }) => {
    const edge = edges.get(arrowId(node, target));
    return {
      source: keyOf(node),
      target: keyOf(target),
      route: routeOf(edge),
      label: { ...boxOf(edge?.labels?.[0]), lines: label(transitions) },
      transitions: transitions.map((transition, index) => ({
        id: `${arrowId(node, target)}:${index}`,
        event: eventLabel(transition),
        ...(transition.guard ? { guard: nameOf(transition.guard) } : {}),
        text: labelOf(transition),
      })),
    };
  });
}

function placedStart(
  node: AnyStateNode,
  nodes: Map<string, ElkNode>,
  edges: Map<string, ElkExtendedEdge>,
): ChartLayout['starts'] {
  const start = nodes.get(startId(node));
  if (!start) return [];
  const { x, y, width, height } = boxOf(start);
  return [{ x: x + width / 2, y: y + height / 2, route: routeOf(edges.get(startId(node))) }];
}

function routeOf(edge: ElkExtendedEdge | undefined): Point[] {
  const [section] = edge?.sections ?? [];
  if (!section) return [];
  const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
  return points.map(({ x, y }: ElkPoint): Point => [round(x), round(y)]);
}

const round = (value: number): number => Math.round(value * 10) / 10;
