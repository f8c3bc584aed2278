/** A string that cannot be printed: every conversion gives `***`, and only `reveal()` gives the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Only for a sealer, a signer, a mask and the wire. */
  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  /**
   * A secret of the same shape that is certainly different: its last letter or digit is changed. If SnapTrade accepts
   * it, its answers about secrets mean nothing.
   */
  altered(): Secret {
    const at = this.#value.search(/[0-9a-z](?=[^0-9a-z]*$)/i);
    if (at < 0) return new Secret(`${this.#value}0`);
    const changed = this.#value[at] === "0" ? "1" : "0";
    return new Secret(this.#value.slice(0, at) + changed + this.#value.slice(at + 1));
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [Symbol.toPrimitive](): string {
    return "***";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "***";
  }
}
