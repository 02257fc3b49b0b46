/** The prefix of a field's name as DSPy infers it: `isHTTPSSecure123` gives `Is HTTPS Secure 123`; without the colon. */
export function inferPrefix(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([a-zA-Z])(\d)/g, '$1_$2')
    .replace(/(\d)([a-zA-Z])/g, '$1_$2')
    .split('_')
    .map((word) => (/[A-Z]/.test(word) && word === word.toUpperCase() ? word : capitalized(word)))
    .join(' ');
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}
