import type { Value } from '../../program/value.ts';
import { type Data, isData } from './data.ts';

const lines = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());

/** Steps after an extraction, by name; each gives a member of the result. */
const processors: { readonly [name: string]: (text: string, config: Data) => Data } = {
  extract_code_blocks: (text) => ({
    code_blocks: [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, language = '', code = '']) => ({
      language,
      code,
    })),
  }),
  extract_recommendations: (text) => ({
    recommendations: lines(text).filter((line) => /\b(recommend|should|consider)/i.test(line)),
  }),
  extract_links: (text) => ({ links: text.match(/https?:\/\/[^\s)>\]]+/g) ?? [] }),
  extract_key_points: (text) => ({ key_points: lines(text).filter((line) => /^([-*•]|\d+\.)\s/.test(line)) }),
  generate_summary: (text, config) => ({ summary: summary(text, config) }),
  format_markdown: (text) => ({ markdown: text.trim() }),
};

function summary(text: string, { max_summary_length: most }: Data): string {
  const limit = typeof most === 'number' && most > 0 ? most : 200;
  const plain = text.replace(/\s+/g, ' ').trim();
  return plain.length <= limit ? plain : `${plain.slice(0, limit).replace(/\s+\S*$/, '')}…`;
}

/** The result of a claude_extract step: the answer in the format that is asked for, and what the post-processing finds. */
export function extracted(step: Data, result: Data): Data {
  const config = isData(step.extraction_config) ? step.extraction_config : {};
  const text = String(result.text);
  const names = Array.isArray(config.post_processing) ? config.post_processing.map(String) : [];
  const found = names.map(
    (name) => (Object.hasOwn(processors, name) ? processors[name]?.(text, config) : undefined) ?? {},
  );
  return {
    ...result,
    extracted_content: content(String(config.format ?? 'text'), text, result, config),
    extraction_format: String(config.format ?? 'text'),
    ...Object.assign({}, ...found),
    ...(config.include_metadata === true && {
      metadata: { word_count: text.split(/\s+/).filter(Boolean).length, character_count: text.length },
    }),
  };
}

function content(format: string, text: string, result: Data, config: Data): Value {
  if (format === 'summary') return summary(text, config);
  if (format === 'structured') return { sections: text.split(/\n(?=#+ )/).map((section) => section.trim()) };
  if (format !== 'json') return text;
  const { text: _, content: __, success: ___, cost: ____, usage: _____, ...members } = result;
  return Object.keys(members).length > 0 ? members : { content: text };
}
