import type { Layout } from './layout.ts';

export const box = { width: 146, height: 54, gapRight: 40, gapDown: 26, gapAcross: 14, margin: 12 } as const;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the picture is looked at from: screen = picture × scale + offset. */
export interface Viewport extends Point {
  readonly scale: number;
}

/** Places in px. */
export interface Geometry {
  readonly downwards: boolean;
  readonly width: number;
  readonly height: number;
  place(node: number): Point;
  /** From the end of one box to the beginning of another. */
  edge(from: number, to: number): readonly [Point, Point];
}

export function geometryOf({ along, across, rows, breadth }: Layout, downwards: boolean): Geometry {
  const gapAlong = downwards ? box.gapDown : box.gapRight;
  const stepAlong = (downwards ? box.height : box.width) + gapAlong;
  const stepAcross = (downwards ? box.width : box.height) + box.gapAcross;
  const place = (node: number): Point => {
    const a = box.margin + (along[node] ?? 0) * stepAlong;
    const b = box.margin + (across[node] ?? 0) * stepAcross;
    return downwards ? { x: b, y: a } : { x: a, y: b };
  };
  const length = rows.length * stepAlong - gapAlong + 2 * box.margin;
  const wide = breadth * stepAcross - box.gapAcross + 2 * box.margin;
  return {
    downwards,
    width: downwards ? wide : length,
    height: downwards ? length : wide,
    place,
    edge(from, to) {
      const [a, b] = [place(from), place(to)];
      return downwards
        ? [
            { x: a.x + box.width / 2, y: a.y + box.height },
            { x: b.x + box.width / 2, y: b.y },
          ]
        : [
            { x: a.x + box.width, y: a.y + box.height / 2 },
            { x: b.x, y: b.y + box.height / 2 },
          ];
    },
  };
}

/** The control points of the curve of an edge. */
export function curveOf([a, b]: readonly [Point, Point], downwards: boolean): readonly [Point, Point] {
  const bend = Math.max(18, (downwards ? b.y - a.y : b.x - a.x) / 2);
  return downwards
    ? [
        { x: a.x, y: a.y + bend },
        { x: b.x, y: b.y - bend },
      ]
    : [
        { x: a.x + bend, y: a.y },
        { x: b.x - bend, y: b.y },
      ];
}

const scaleBounds = { min: 0.02, max: 3 } as const;

/** Everything in sight, but never larger than drawn. */
export function fitted(geometry: Geometry, width: number, height: number): Viewport {
  const scale = Math.max(scaleBounds.min, Math.min(1, width / geometry.width, height / geometry.height));
  return { scale, x: (width - geometry.width * scale) / 2, y: Math.max(0, (height - geometry.height * scale) / 2) };
}

/** Closer or farther, with the point on the screen where it was. */
export function zoomed(view: Viewport, factor: number, at: Point): Viewport {
  const scale = Math.min(scaleBounds.max, Math.max(scaleBounds.min, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
}

/** Moved by as little as brings a node into sight. */
export function revealing(view: Viewport, { x, y }: Point, width: number, height: number): Viewport {
  const shift = (from: number, until: number, most: number): number =>
    from < 8 ? 8 - from : until > most - 8 ? most - 8 - until : 0;
  const [left, top] = [x * view.scale + view.x, y * view.scale + view.y];
  return {
    scale: view.scale,
    x: view.x + shift(left, left + box.width * view.scale, width),
    y: view.y + shift(top, top + box.height * view.scale, height),
  };
}
