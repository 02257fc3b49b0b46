import type { Layout } from './layout.ts';

/** Sizes of the drawing in px. */
export interface Box {
  readonly width: number;
  readonly height: number;
  /** Between levels, in a drawing to the right and in one downwards. */
  readonly gapRight: number;
  readonly gapDown: number;
  /** Between neighbours of a level. */
  readonly gapAcross: number;
  /** Around everything. */
  readonly margin: number;
  /** Of an id that fit in. */
  readonly idChars: number;
}

export const wideBox: Box = {
  ...{ width: 146, height: 54, gapRight: 40, gapDown: 26, gapAcross: 14, margin: 12, idChars: 15 },
};
/** Where there is little room: the same letters in smaller boxes. */
export const narrowBox: Box = {
  ...{ width: 106, height: 50, gapRight: 20, gapDown: 22, gapAcross: 10, margin: 8, idChars: 10 },
};

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
  readonly box: Box;
  readonly width: number;
  readonly height: number;
  place(node: number): Point;
  /**
   * From the end of one box to the beginning of another, past all others: curves from each point of an even index to the next,
   * straight lines between them.
   */
  route(from: number, to: number): readonly Point[];
}

export function geometryOf(layout: Layout, downwards: boolean, box: Box = wideBox): Geometry {
  const { along, across, rows, breadth } = layout;
  const thick = downwards ? box.height : box.width;
  const stepAlong = thick + (downwards ? box.gapDown : box.gapRight);
  const stepAcross = (downwards ? box.width : box.height) + box.gapAcross;
  const at = (alongPx: number, acrossPx: number): Point =>
    downwards ? { x: acrossPx, y: alongPx } : { x: alongPx, y: acrossPx };
  const alongOf = (level: number): number => box.margin + level * stepAlong;
  const middleOf = (place: number): number => box.margin + place * stepAcross - box.gapAcross / 2;
  const place = (node: number): Point =>
    at(alongOf(along[node] ?? 0), box.margin + ((across[node] ?? 0) - 0.5) * stepAcross);
  const length = rows.length * stepAlong - (stepAlong - thick) + 2 * box.margin;
  const wide = breadth * stepAcross - box.gapAcross + 2 * box.margin;
  return {
    downwards,
    box,
    width: downwards ? wide : length,
    height: downwards ? length : wide,
    place,
    route(from, to) {
      const points = [at(alongOf(along[from] ?? 0) + thick, middleOf(across[from] ?? 0))];
      layout.lanesOf(from, to).forEach((lane, passed) => {
        const begin = alongOf((along[from] ?? 0) + 1 + passed);
        points.push(at(begin, middleOf(lane)), at(begin + thick, middleOf(lane)));
      });
      points.push(at(alongOf(along[to] ?? 0), middleOf(across[to] ?? 0)));
      return points;
    },
  };
}

/** The control points of a curve between two points of a route. */
export function curveOf(a: Point, b: Point, downwards: boolean): readonly [Point, Point] {
  const bend = Math.max(downwards ? 12 : 18, (downwards ? b.y - a.y : b.x - a.x) / 2);
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

/** From this scale on its letters have 10 px at least. */
export const readableScale = 10 / 13;
/** What is so little wider than its place is cut off at its end alone. */
const littleMore = 1.5;
/** What is so much too large for its place is rather seen as a whole. */
const wholeScaleMax = 0.3;

/** As large as can be read: everything, or else from where it begins. What is far too large is seen as a whole. */
export function readable(geometry: Geometry, width: number, height: number): Viewport {
  const whole = fitted(geometry, width, height);
  if (whole.scale >= readableScale || whole.scale < wholeScaleMax) return whole;
  const scale = readableScale;
  const place = (room: number, length: number, isAlong: boolean): number =>
    length <= room || (!isAlong && length > room * littleMore) ? (room - length) / 2 : 0;
  return {
    scale,
    x: place(width, geometry.width * scale, !geometry.downwards),
    y: place(height, geometry.height * scale, geometry.downwards),
  };
}

/** Closer or farther, with the point on the screen where it was. */
export function zoomed(view: Viewport, factor: number, at: Point): Viewport {
  const scale = Math.min(scaleBounds.max, Math.max(scaleBounds.min, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
}

/** Moved by as little as brings a node into sight. */
export function revealing(view: Viewport, { x, y }: Point, box: Box, width: number, height: number): Viewport {
  const shift = (from: number, until: number, most: number): number =>
    from < 8 ? 8 - from : until > most - 8 ? most - 8 - until : 0;
  const [left, top] = [x * view.scale + view.x, y * view.scale + view.y];
  return {
    scale: view.scale,
    x: view.x + shift(left, left + box.width * view.scale, width),
    y: view.y + shift(top, top + box.height * view.scale, height),
  };
}
