import { utf8 } from '../program/digest.ts';

/**
 * The ways in which a secret may stand in a text, longest first: as it is, inside a JSON string, percent-encoded, and in
 * base64 or base64url, alone or as part of a longer text that was encoded (`user:secret`). Not among them: other encodings
 * (hex, hashes), and base64 of base64.
 */
export function secretForms(secret: string): readonly string[] {
  const forms = [secret, JSON.stringify(secret).slice(1, -1), ...base64Forms(utf8(secret))];
  const percent = forms.flatMap(percentForms);
  return [...new Set([...forms, ...percent])].sort((a, b) => b.length - a.length);
}

function percentForms(text: string): readonly string[] {
  try {
    const component = encodeURIComponent(text);
    // What encodeURIComponent leaves and RFC 3986 reserves.
    const strict = component.replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    const upper = [component, strict, encodeURI(text), component.replaceAll('%20', '+'), strict.replaceAll('%20', '+')];
    return [...upper, ...upper.map(lowerHex)];
  } catch {
    // A lone surrogate cannot be percent-encoded.
    return [];
  }
}

function lowerHex(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase());
}

/**
 * Whole, with and without padding; and for each of the three places at which the secret may begin within a group of three
 * bytes, the characters that follow from the secret alone.
 */
function base64Forms(bytes: Uint8Array): readonly string[] {
  const whole = base64(bytes);
  const padding = ['', '==', '='][bytes.length % 3] ?? '';
  const within = [0, 1, 2].map((offset) => {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    return base64(shifted).slice(Math.ceil((8 * offset) / 6), Math.floor((8 * shifted.length) / 6));
  });
  const forms = [whole + padding, whole, ...within];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Without padding. Pure code has no btoa. */
function base64(bytes: Uint8Array): string {
  let text = '';
  let [bits, held] = [0, 0];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    for (held += 8; held >= 6; held -= 6) text += digits[(bits >> (held - 6)) & 63];
  }
  return held === 0 ? text : text + digits[(bits << (6 - held)) & 63];
}
