/** What an expression can come to. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** What an expression is evaluated in: `secrets`, `needs` and so on, and how the jobs or steps before it have ended. */
export interface Scope {
  readonly contexts: Readonly<Record<string, Value>>;
  readonly status: "cancelled" | "failure" | "success";
}

const TOKEN = /\s*(?:(?<string>'(?:[^']|'')*')|(?<word>[\w-]+(?:\.[\w*-]+)*)|(?<sign>==|!=|&&|\|\||[!(),]))/uy;

const STATUS_FUNCTION = /\b(?:always|cancelled|failure|success)\(/u;

/** Replaces each `${{ … }}` of a text; a text that is one expression and nothing else keeps the type of its value. */
export function evaluate(text: string, scope: Scope): Value {
  const [, only] = /^\$\{\{((?:(?!\}\}).)*)\}\}$/su.exec(text.trim()) ?? [];
  if (only !== undefined) return new Reader(only, scope).whole();
  return text.replace(/\$\{\{(.*?)\}\}/gsu, (_, expression: string) => textOf(new Reader(expression, scope).whole()));
}

/** As {@link evaluate}, for where the runner wants a text. */
export function evaluateText(text: string, scope: Scope): string {
  return textOf(evaluate(text, scope));
}

/** Whether an `if` lets a job or step run; one that asks for no status asks for success. */
export function admits(condition: string | undefined, scope: Scope): boolean {
  if (condition === undefined) return scope.status === "success";
  const expression = condition.trim().replace(/^\$\{\{(.*)\}\}$/su, "$1");
  const isTrue = isTruthy(new Reader(expression, scope).whole());
  return STATUS_FUNCTION.test(expression) ? isTrue : isTrue && scope.status === "success";
}

/** The runner's way to write a value. */
export function textOf(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isTruthy(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== "";
}

/** Texts are compared without regard to case. */
function isEqual(one: Value, other: Value): boolean {
  return textOf(one).toLowerCase() === textOf(other).toLowerCase();
}

function isContext(value: Value | undefined): value is { readonly [name: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads the part of GitHub's expression language that workflows here use; what it does not know it refuses. */
class Reader {
  readonly #tokens: string[];
  readonly #scope: Scope;
  readonly #text: string;

  constructor(text: string, scope: Scope) {
    this.#text = text.trim();
    this.#scope = scope;
    this.#tokens = tokensOf(this.#text);
  }

  whole(): Value {
    const value = this.#or();
    if (this.#tokens.length > 0) throw this.#strange();
    return value;
  }

  #or(): Value {
    let value = this.#and();
    while (this.#take("||")) {
      const other = this.#and();
      value = isTruthy(value) ? value : other;
    }
    return value;
  }

  #and(): Value {
    let value = this.#comparison();
    while (this.#take("&&")) {
      const other = this.#comparison();
      value = isTruthy(value) ? other : value;
    }
    return value;
  }

  #comparison(): Value {
    const value = this.#operand();
    if (this.#take("==")) return isEqual(value, this.#operand());
    if (this.#take("!=")) return !isEqual(value, this.#operand());
    return value;
  }

  #operand(): Value {
    if (this.#take("!")) return !isTruthy(this.#operand());
    if (this.#take("(")) {
      const value = this.#or();
      this.#expect(")");
      return value;
    }
    const token = this.#tokens.shift();
    if (token === undefined) throw this.#strange();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === "true" || token === "false") return token === "true";
    if (/^\d+$/u.test(token)) return Number(token);
    return this.#take("(") ? this.#call(token) : this.#lookUp(token);
  }

  #call(name: string): Value {
    const argument = this.#tokens[0] === ")" ? "" : this.#or();
    this.#expect(")");
    switch (name) {
      case "always":
        return true;
      case "cancelled":
      case "failure":
      case "success":
        return this.#scope.status === name;
      case "fromJSON":
        return parseJson(textOf(argument));
      default:
        throw this.#strange();
    }
  }

  /** A property that is not there is null, as GitHub has it; a context that is not there is a mistake. */
  #lookUp(path: string): Value {
    const [context = "", ...properties] = path.split(".");
    let value: Value | undefined = this.#scope.contexts[context];
    if (value === undefined) throw this.#strange();
    for (const property of properties) {
      const found: Value | undefined = isContext(value) ? value[property] : undefined;
      value = found ?? null;
    }
    return value;
  }

  #take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#strange();
  }

  #strange(): Error {
    return new Error(`The sandbox does not understand the expression "${this.#text}".`);
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const token = pattern.exec(text)?.[0].trim();
    if (token === undefined) throw new Error(`The sandbox does not understand "${text.slice(at)}" in "${text}".`);
    tokens.push(token);
  }
  return tokens;
}

function parseJson(text: string): Value {
  const value: unknown = JSON.parse(text);
  return valueOf(value);
}

/** Anything out of JSON or YAML. */
export function valueOf(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(valueOf);
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, one]): [string, Value] => [name, valueOf(one)]));
  }
  throw new Error(`A ${typeof value} is no value of a workflow.`);
}
