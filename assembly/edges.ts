import { getFourU32, getU32 } from './memory';
import { ALL_GOOD } from './shared/codes';

/** Largest endpoint of the edges, by maximum over four lanes. O(e) */
export function largestEndpoint(from: usize, to: usize, edges: u32): u32 {
  let most = i32x4.splat(0);
  const whole = edges & ~3;
  for (let edge: u32 = 0; edge < whole; edge += 4) {
    most = i32x4.max_u(most, i32x4.max_u(getFourU32(from, edge), getFourU32(to, edge)));
  }
  let largest = max(
    max<u32>(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1)),
    max<u32>(i32x4.extract_lane(most, 2), i32x4.extract_lane(most, 3)),
  );
  for (let edge = whole; edge < edges; edge++) largest = max(largest, max(getU32(from, edge), getU32(to, edge)));
  return largest;
}

/** Whether the sources never fall: then the targets lie as compressed rows want them already. O(e) at most */
export function isGrouped(from: usize, edges: u32): bool {
  let edge: u32 = 0;
  for (; edge + 5 <= edges; edge += 4) {
    if (!i32x4.all_true(i32x4.le_u(getFourU32(from, edge), getFourU32(from, edge + 1)))) return false;
  }
  for (; edge + 1 < edges; edge++) if (getU32(from, edge) > getU32(from, edge + 1)) return false;
  return true;
}

/** @returns ALL_GOOD, or the index of the first edge with an endpoint that is not a node */
export function firstBadEdge(from: usize, to: usize, nodes: u32, edges: u32): i32 {
  if (edges == 0 || largestEndpoint(from, to, edges) < nodes) return ALL_GOOD;
  let edge: u32 = 0;
  while (getU32(from, edge) < nodes && getU32(to, edge) < nodes) edge++;
  return edge;
}
