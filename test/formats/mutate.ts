/** Documents damaged in the ways that editors, scripts and transfers do it; the same seed gives the same damage. */
export function mutated(text: string, document: unknown, seed: number): string {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  if (random() < 0.2) return damagedText(text, random, pick);
  let damaged = structuredClone(document);
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) damaged = damagedTree(damaged, random, pick);
  return JSON.stringify(damaged);
}

type Pick = <T>(list: readonly T[]) => T;

/** Values that are seldom what a place wants. */
const strangers: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '${',
  '${input.',
  'é\u0000\n',
  -1,
  0.5,
  1e308,
  2 ** 53,
  [],
  [null],
  [[1]],
  {},
  { id: 1 },
  { __proto: 1 },
  'a'.repeat(5000),
  '__proto__',
  'constructor',
];

function damagedText(text: string, random: () => number, pick: Pick): string {
  const at = Math.floor(random() * text.length);
  return pick([
    () => text.slice(0, at),
    () => text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 20)),
    () =>
      text.slice(0, at) +
      pick(['{', ']', '"', ':', ',', '\t', '&a *a', '<<: ', '!!js ', '\u0000', '- ', '#']) +
      text.slice(at),
    () => text.slice(at) + text.slice(0, at),
  ])();
}

type Holder = Record<string | number, unknown>;

function damagedTree(root: unknown, random: () => number, pick: Pick): unknown {
  const places: (readonly [Holder, string | number])[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value as Holder, Array.isArray(value) ? Number(key) : key]);
      collect((value as Holder)[key]);
    }
  };
  collect(root);
  // As many places near the top as deep ones, where most are.
  const place =
    random() < 0.3
      ? places[Math.floor(random() * Math.min(places.length, 12))]
      : places[Math.floor(random() * places.length)];
  if (place === undefined) return pick(strangers);
  const [holder, key] = place;
  const remove = (): void => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  };
  pick([
    remove,
    () => {
      holder[key] = structuredClone(pick(strangers));
    },
    () => {
      holder[key] = structuredClone(pick(places)[0]);
    },
    () => {
      const [other, otherKey] = pick(places);
      holder[key] = structuredClone(other[otherKey]);
    },
    () => {
      const value = holder[key];
      remove();
      if (!Array.isArray(holder))
        Object.defineProperty(holder, pick(['__proto__', 'ID', `${key}s`, '', 'nodes']), {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
    },
    () => {
      if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
    },
  ])();
  return root;
}

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
