/** A process of its own for the kill test: `DIR FILE URL`; goes on with what is unfinished in DIR, or starts FILE. */
import { readFileSync } from 'node:fs';
import { readFormat } from '../../../src/formats/index.ts';
import { createEngine } from '../../../src/index.ts';
import { chatOverHttp } from './chat-over-http.ts';

const [directory = '', file = '', url = ''] = process.argv.slice(2);
const { program, modules } = readFormat(readFileSync(file, 'utf8'));
const engine = await createEngine({ modules: [...modules, chatOverHttp(url)], directory });
const [handle = await engine.start(program, {})] = await engine.recover();
const { status, result } = await handle.result();
process.stdout.write(JSON.stringify({ status, result }));
await engine.close();
