import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

/** Headless, as root in a container, and silent on the network. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = [
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The Chromium to test with: CHROMIUM_PATH, an installed one, Playwright's own, and at last a freshly installed one. A
 * machine without any fails here, loudly: tests in a page are never skipped.
 */
export function chromiumPath(): string {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (isExecutable(given)) return given;
    throw new Error(`CHROMIUM_PATH is ${given}, which is not an executable file; point it to a Chromium or unset it.`);
  }
  const found = installed() ?? playwrightsOwn();
  if (found) return found;
  const troubles: string[] = [];
  for (const install of [installWithPlaywright, installWithApt]) {
    try {
      install();
    } catch (error) {
      troubles.push(error instanceof Error ? error.message : String(error));
    }
    const path = installed() ?? playwrightsOwn();
    if (path) return path;
  }
  throw new Error(
    [
      'No Chromium: install one (Debian: apt-get install chromium) or set CHROMIUM_PATH to its executable.',
      ...troubles,
    ].join('\n'),
  );
}

/**
 * A browser whose profile lives in `userDataDir`, for tests that kill it and start it again on the same profile.
 * `pid` is the browser's main process, there to be killed.
 */
export async function launchPersistent(userDataDir: string): Promise<{ context: BrowserContext; pid: number }> {
  const context = await chromium.launchPersistentContext(userDataDir, {
    executablePath: chromiumPath(),
    headless: true,
    args: [...CHROMIUM_FLAGS],
  });
  const browser = context.browser();
  const session = await (browser ? browser.newBrowserCDPSession() : context.newCDPSession(await context.newPage()));
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const main = processInfo.find((process) => process.type === 'browser');
  await session.detach();
  if (!main) throw new Error('Chromium did not name its main process');
  return { context, pid: main.id };
}

function installed(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES].find(isExecutable);
}

function playwrightsOwn(): string | undefined {
  const path = chromium.executablePath();
  return isExecutable(path) ? path : undefined;
}

function installWithPlaywright(): void {
  execFileSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'pipe', timeout: 300_000 });
}

function installWithApt(): void {
  const debian = existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  if (!debian || process.getuid?.() !== 0)
    throw new Error('apt-get install chromium: needs root on a Debian-like system');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update'], { stdio: 'pipe', env, timeout: 300_000 });
  execFileSync('apt-get', ['install', '-y', 'chromium'], { stdio: 'pipe', env, timeout: 600_000 });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
