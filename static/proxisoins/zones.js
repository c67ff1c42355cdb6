/* Zones of the zoning as outlines, found on the contours themselves. */

const at = ({ lat, lng }) => `${lat},${lng}`;

/* Edges that one polygon of a set has and no other: neighbours share their border point by point. */
export function outlineOf(communes) {
  const edges = new Map();
  for (const rings of communes.flat()) {
    for (const ring of rings) {
      ring.forEach((from, order) => {
        const to = ring[(order + 1) % ring.length];
        const [a, b] = [at(from), at(to)];
        if (a === b) return;
        const key = a < b ? `${a}|${b}` : `${b}|${a}`;
        if (edges.has(key)) edges.delete(key);
        else edges.set(key, [from, to]);
      });
    }
  }
  return chained([...edges.values()]);
}

/* Edges that follow one another, as lines: fewer to draw. */
function chained(edges) {
  const starts = new Map();
  for (const edge of edges) {
    const start = at(edge[0]);
    if (starts.has(start)) starts.get(start).push(edge);
    else starts.set(start, [edge]);
  }
  const lines = [];
  for (const waiting of starts.values()) {
    while (waiting.length) {
      let [from, to] = waiting.pop();
      const line = [from, to];
      for (let next = starts.get(at(to)); next && next.length; next = starts.get(at(to))) {
        [, to] = next.pop();
        line.push(to);
      }
      lines.push(line);
    }
  }
  return lines;
}
