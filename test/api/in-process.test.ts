import { apiContract } from '../contract/api.contract.ts';
import { engineApp } from './engine-app.ts';

const { app } = await engineApp();

apiContract('over an engine in this process', (path, init) => app.request(`http://127.0.0.1${path}`, init));
