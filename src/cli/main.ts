#!/usr/bin/env node
import process from 'node:process';
import { runCommandLine } from './command-line.ts';
import { exitStatus } from './verb.ts';

const interrupted = new AbortController();

// The first Ctrl-C lets the verb end in order; the second does not ask any more.
process.on('SIGINT', () => {
  if (interrupted.signal.aborted) process.exit(exitStatus.interrupted);
  interrupted.abort();
});
process.on('SIGTERM', () => interrupted.abort());

// A reader that went away (`heddle plan ... | head -1`) is no error to tell anybody.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitStatus.brokenPipe : exitStatus.problem);
  });
}

// Not process.exit: what is written to a pipe must reach it first.
process.exitCode = await runCommandLine(process.argv.slice(2), process, interrupted.signal);
