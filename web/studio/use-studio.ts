import { useEffect, useReducer } from 'preact/hooks';
import type { Studio } from './studio.ts';

/** Draws the component again after every change of the studio. */
export function useStudio(studio: Studio): Studio {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => studio.listen(() => draw(undefined)), [studio]);
  return studio;
}
