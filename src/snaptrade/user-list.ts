import { Tokenizer, TokenType } from "@streamparser/json";

/** What a list of users shows about one of them. */
export type Listed = "listed" | "absent" | "more-pages" | "no-list";

const TOKEN_MAX_BYTES = 4 * 1024 * 1024;

/**
 * Searches the answer to `GET /snapTrade/listUsers` for a user ID as it streams in, so that its size does not matter.
 * It is documented as an array of strings; a page inside an object is supported too.
 */
export class UserList {
  readonly #userId: string;
  readonly #tokenizer = new Tokenizer({ stringBufferSize: 64 * 1024 });
  readonly #open: ("array" | "object")[] = [];
  #bytesOfToken = 0;
  #isFound = false;
  #isBroken = false;
  #hasArray = false;
  #isClosed = false;
  #namesMore = false;
  #count = 0;
  #total = 0;
  #key: string | null = null;
  #text: string | null = null;

  constructor(userId: string) {
    this.#userId = userId;
    this.#tokenizer.onToken = ({ token, value }) => {
      this.#bytesOfToken = 0;
      this.#take(token, value);
    };
    this.#tokenizer.onError = () => {
      this.#isBroken = true;
    };
  }

  /** @returns true when the user is found, so that the rest need not be read. */
  read(chunk: Uint8Array): boolean {
    // No user ID is that long, and it would stay in memory.
    this.#bytesOfToken += chunk.byteLength;
    if (this.#bytesOfToken > TOKEN_MAX_BYTES) this.#isBroken = true;
    if (!this.#isBroken && !this.#isFound && !this.#isClosed) this.#tokenizer.write(chunk);
    return this.#isFound;
  }

  /** @param link the answer's `Link` header, which names the next page if there is one. */
  result(link: string | undefined): Listed {
    if (this.#isFound) return "listed";
    if (this.#isBroken || !this.#isClosed || !this.#hasArray) return "no-list";
    const isPage =
      this.#namesMore || this.#total > this.#count || (link !== undefined && /\brel\s*=\s*"?[^"]*\bnext\b/i.test(link));
    return isPage ? "more-pages" : "absent";
  }

  #take(token: TokenType, value: unknown): void {
    switch (token) {
      case TokenType.LEFT_BRACKET:
        this.#beginValue(true);
        this.#hasArray ||= this.#open.length === 0 || (this.#open.length === 1 && !/error/i.test(this.#key ?? ""));
        this.#open.push("array");
        break;
      case TokenType.LEFT_BRACE:
        this.#beginValue(true);
        this.#open.push("object");
        this.#endValue();
        break;
      case TokenType.COLON:
        this.#key = this.#text;
        this.#text = null;
        break;
      case TokenType.RIGHT_BRACKET:
      case TokenType.RIGHT_BRACE:
        this.#endValue();
        this.#isBroken ||= this.#open.pop() !== (token === TokenType.RIGHT_BRACKET ? "array" : "object");
        this.#isClosed = this.#open.length === 0;
        break;
      case TokenType.COMMA:
        this.#endValue();
        break;
      case TokenType.STRING:
        this.#text = typeof value === "string" ? value : null;
        this.#beginValue(value !== "");
        if (this.#isUserId()) {
          this.#count += 1;
          this.#isFound ||= value === this.#userId;
        }
        break;
      case TokenType.TRUE:
        this.#beginValue(true);
        break;
      case TokenType.NUMBER:
        if (/^(total|total_?count|total_?results|count|size)$/i.test(this.#key ?? "")) this.#total = Number(value);
        if (/^(total_?)?pages$/i.test(this.#key ?? "") && Number(value) > 1) this.#namesMore = true;
        this.#beginValue(value !== 0);
        break;
      case TokenType.FALSE:
      case TokenType.NULL:
      case TokenType.SEPARATOR:
        break;
    }
  }

  /** A member of an array, or the ID of an object. */
  #isUserId(): boolean {
    return this.#open.at(-1) === "array" || /^(user_?)?id$/i.test(this.#key ?? "");
  }

  /** A member such as `"next": "https://…"` or `"has_more": true` means that the list continues. */
  #beginValue(isSomething: boolean): void {
    if (this.#open.at(-1) !== "object" || this.#key === null) return;
    if (isSomething && /^(next|more|has_?(more|next))|cursor|next_?page|continuation|truncated/i.test(this.#key))
      this.#namesMore = true;
  }

  #endValue(): void {
    this.#key = null;
    this.#text = null;
  }
}
