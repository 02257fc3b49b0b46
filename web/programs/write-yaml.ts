import { stringify } from 'yaml';
import type { Program } from '../../src/program/program.ts';

export function writeYaml(program: Program): string {
  return stringify(program, { lineWidth: 120 });
}
