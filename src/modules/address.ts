import { HeddleError } from '../errors.ts';

/** Where a module may call. */
export interface AddressPolicy {
  /** Hosts by name (`api.example.org`) or with everything below (`*.example.org`); none means any public name. */
  readonly hosts?: readonly string[];
  /** Allows http, and this machine itself. Default false. */
  readonly loopback?: boolean;
}

const loopbackNames = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** Private, link-local, carrier, multicast and other addresses that are nobody's on the public network. */
const privateV4 =
  /^(0|10|127|22[4-9]|2[3-5]\d)\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^192\.(168|0\.0)\.|^198\.1[89]\./;

/**
 * The address of a call, checked: https (http to this machine when that is allowed), no credentials in it, an allowed host,
 * no address of a private network. Names are not resolved: that a public name leads inside is for the host's network to
 * prevent. @throws BAD_INPUT
 */
export function checkedAddress(text: string, { hosts, loopback = false }: AddressPolicy, base?: URL): URL {
  const refuse = (message: string, hint: string): never => {
    throw new HeddleError({ code: 'BAD_INPUT', message, path: 'url', hint, retryable: false });
  };
  if (!URL.canParse(text, base)) return refuse('the URL is none', 'give the whole address: https://host/path');
  const url = new URL(text, base);
  const isLoopback = loopbackNames.test(url.hostname);
  if (url.username !== '' || url.password !== '')
    refuse(`the URL of ${url.hostname} has credentials in it`, 'hand them in as a header, by the name of a secret');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback && loopback))
    refuse(`${url.protocol}//${url.hostname} is not https`, 'http is for this machine only, where loopback is allowed');
  if (isLoopback && !loopback) refuse(`${url.hostname} is this machine`, 'allow loopback on the module to call it');
  const isInside = privateV4.test(url.hostname) || url.hostname.startsWith('[');
  if (isInside && !isLoopback) refuse(`${url.hostname} is no public address`, 'call hosts by their public names');
  if (hosts !== undefined && !hosts.some((host) => matches(url.hostname, host)))
    refuse(`${url.hostname} is not an allowed host`, `allowed are: ${hosts.join(', ') || 'none'}`);
  return url;
}

function matches(hostname: string, host: string): boolean {
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host.toLowerCase();
}
