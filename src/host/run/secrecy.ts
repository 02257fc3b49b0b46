import { type Redactor, redactor } from '../../observe/redact.ts';

/** The secrets a host lends to its modules. */
export type SecretVault = (name: string) => string | undefined;

/** So many secrets of one vault are remembered, those given last; whoever makes up secrets without end loses the oldest. */
const secretsRememberedMax = 1000;

/**
 * The secrets that modules of this process were given by one vault, to be hidden in whatever leaves any module: a client made
 * with a secret in one attempt fails in the next, which never asked for it.
 */
export class Secrecy {
  static readonly #ofVaults = new WeakMap<SecretVault, Secrecy>();
  readonly #given = new Set<string>();
  #redact: Redactor = (value) => value;
  /** Of the given ones that `#redact` knows. */
  #known = true;

  static of(vault: SecretVault): Secrecy {
    const known = Secrecy.#ofVaults.get(vault);
    if (known !== undefined) return known;
    const made = new Secrecy();
    Secrecy.#ofVaults.set(vault, made);
    return made;
  }

  given(secret: string): void {
    if (this.#given.has(secret)) return;
    this.#given.add(secret);
    const [oldest] = this.#given;
    if (this.#given.size > secretsRememberedMax && oldest !== undefined) this.#given.delete(oldest);
    this.#known = false;
  }

  /** The value without any secret; itself when there was none in it. */
  redact<T>(value: T): T {
    if (!this.#known) {
      this.#redact = redactor([...this.#given]);
      this.#known = true;
    }
    return this.#redact(value);
  }
}
