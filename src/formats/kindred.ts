import { isRecord } from './findings.ts';

/** What a file is that goes with programs and is none itself, and what can be done with it. */
export interface Kindred {
  readonly what: string;
  readonly hint: string;
}

/** @returns undefined for what is not known at all */
export function kindredOf(document: unknown): Kindred | undefined {
  if (isDspyState(document))
    return {
      what: 'the saved state of a DSPy program, which has its demos and signatures but not its code',
      hint: 'build the program it was saved from with heddle/dspy and give the state to loadState(program, text)',
    };
  if (typeof document === 'string' && voxLogicA.test(document))
    return {
      what: 'the source of a VoxLogicA program',
      hint: 'have VoxLogicA-2 write its workplan (to_json), which can be read',
    };
  return undefined;
}

/** `import "default"`, `let f(x) = ..`, `print "ys" ..`; its lines were joined, being read as YAML. */
const voxLogicA = /(?:^|\s)(?:import\s+"|print\s+"|let\s+\w+\s*(?:\(|=))/;

/** Predictors by their place in the program, as `dump_state` of DSPy writes them. */
function isDspyState(document: unknown): boolean {
  return isRecord(document) && Object.values(document).some((part) => isRecord(part) && Array.isArray(part.demos));
}
