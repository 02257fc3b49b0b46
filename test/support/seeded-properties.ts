import fc from '../../node_modules/fast-check/lib/fast-check.js';

// The quick suite finds the same on every machine and every day; `npm run test:soak` goes on to other examples.
fc.configureGlobal({ seed: 20_261_121 });

export * from '../../node_modules/fast-check/lib/fast-check.js';
export default fc;
