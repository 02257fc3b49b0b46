import type { Mask } from '../../src/modules/image.ts';

/** Distance of every foreground pixel to the nearest background pixel, by looking at all of them. */
export function naiveDistance({ width, height, pixels }: Mask): number[] {
  return Array.from({ length: width * height }, (_, at) => {
    let nearest = pixels[at] === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (let other = 0; other < width * height; other++) {
      if (pixels[other] !== 0) continue;
      const [dx, dy] = [(at % width) - (other % width), Math.floor(at / width) - Math.floor(other / width)];
      nearest = Math.min(nearest, Math.hypot(dx, dy));
    }
    return nearest;
  });
}

/** Sizes of the 8-connected components by flooding each, in the order in which they are met. */
export function naiveAreas({ width, height, pixels }: Mask): number[] {
  const seen = new Set<number>();
  const areas: number[] = [];
  for (let start = 0; start < width * height; start++) {
    if (pixels[start] === 0 || seen.has(start)) continue;
    const open = [start];
    seen.add(start);
    let area = 0;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      area++;
      for (const [dx, dy] of [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => [x, y] as const))) {
        const x: number = (at % width) + dx;
        const y: number = Math.floor(at / width) + dy;
        const next = y * width + x;
        if (x < 0 || y < 0 || x >= width || y >= height || pixels[next] === 0 || seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    areas.push(area);
  }
  return areas;
}
