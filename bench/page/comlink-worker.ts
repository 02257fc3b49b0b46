import { expose } from 'comlink';

expose({ run: () => ({ ok: true }) });
