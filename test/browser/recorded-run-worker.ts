import { exposeModules } from '../../src/adapters/browser/expose-modules.ts';
import { simulatedTask } from '../../src/formats/wfformat-module.ts';

exposeModules([simulatedTask]);
