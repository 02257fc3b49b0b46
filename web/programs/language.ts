import type { AnyModule } from '../../src/host/registry.ts';
import type { Program } from '../../src/program/program.ts';

/** What a program can be written in. Other formats are read, but not written. */
export const languages = ['YAML', 'JSON', 'TypeScript'] as const;
export type Language = (typeof languages)[number];

/** By how a text begins, past its comments. */
export function languageOf(text: string): Language {
  const code = text.replace(/^(\s+|\/\/.*|\/\*[\s\S]*?\*\/)*/, '');
  if (/^(import|export|const|let|var|type|interface|declare)\s|^program\s*\(/.test(code)) return 'TypeScript';
  return /^[[{]/.test(code) ? 'JSON' : 'YAML';
}

/** A program as text; what writes it is loaded when it is asked for. */
export async function writeProgram(
  program: Program,
  language: Language,
  modules: readonly AnyModule[],
): Promise<string> {
  if (language === 'JSON') return `${JSON.stringify(program, null, 2)}\n`;
  if (language === 'YAML') return (await import('./write-yaml.ts')).writeYaml(program);
  return (await import('../typescript/write-typescript.ts')).writeTypeScript(program, modules);
}
