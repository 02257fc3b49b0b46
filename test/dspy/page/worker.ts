import { exposeModules } from '../../../src/browser.ts';
import { rag } from '../rag.ts';
import { lm, optimizer } from './settings.ts';

exposeModules(optimizer.modules(rag(), { lm, stream: true }), { secrets: () => 'sk-of-the-user' });
