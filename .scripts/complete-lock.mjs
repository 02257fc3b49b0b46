/**
 * Adds to package-lock.json the platform packages that npm left out: it omits those the registry at hand does not carry and
 * those of other platforms when it locks over an existing node_modules (npm/cli#4828), and then `npm ci` refuses its own
 * lock file. Run after an `npm install` that brought in a package with native builds; test/lockfile.test.ts says when.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openbsd: 'openbsd',
  win32: 'win32',
  windows: 'win32',
};
const processors = { arm: 'arm', arm64: 'arm64', ia32: 'ia32', x64: 'x64', 64: 'x64' };

let added = 0;
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] !== undefined) continue;
    const words = name.split(/[/-]/);
    const os = words.flatMap((word) => systems[word] ?? []);
    const cpu = words.flatMap((word) => processors[word] ?? []);
    if (os.length !== 1 || cpu.length !== 1 || !/^\d/.test(version)) {
      throw new Error(
        `${name}@${version} is missing from package-lock.json and does not read as a package of one platform`,
      );
    }
    const libc = words.includes('musl') ? { libc: ['musl'] } : {};
    lock.packages[place] = { version, cpu, dev: entry.dev, ...libc, optional: true, os };
    added += 1;
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`${added} platform packages added to package-lock.json`);
