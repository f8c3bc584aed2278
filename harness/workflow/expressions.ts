import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What an expression can come to. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** What an expression is evaluated in: `secrets`, `needs` and so on, and how the jobs or steps before it have ended. */
export interface Scope {
  readonly contexts: Readonly<Record<string, Value>>;
  readonly status: "cancelled" | "failure" | "success";
}

const STATUS_FUNCTIONS = ["always", "cancelled", "failure", "success"];
const STATUS_FUNCTION = new RegExp(`\\b(?:${STATUS_FUNCTIONS.join("|")})\\(`, "iu");

/** Replaces each `${{ … }}` of a text; a text that is one expression and nothing else keeps the type of its value. */
export function evaluate(text: string, scope: Scope): Value {
  const [, only] = /^\$\{\{((?:(?!\}\}).)*)\}\}$/su.exec(text.trim()) ?? [];
  if (only !== undefined) return valueOf(JSON.parse(JSON.stringify(resultOf(only, scope), data.replacer)));
  return evaluateText(text, scope);
}

/** As {@link evaluate}, for where the runner wants a text. */
export function evaluateText(text: string, scope: Scope): string {
  return text.replace(/\$\{\{(.*?)\}\}/gsu, (_, expression: string) => resultOf(expression, scope).coerceString());
}

/** Whether an `if` lets a job or step run; one that asks for no status asks for success. */
export function admits(condition: string | undefined, scope: Scope): boolean {
  const expression = condition?.trim().replace(/^\$\{\{(.*)\}\}$/su, "$1") ?? "success()";
  const whole = STATUS_FUNCTION.test(expression) ? expression : `success() && (${expression})`;
  return evaluate(`\${{ !!(${whole}) }}`, scope) === true;
}

/** The runner's way to write a value. */
export function textOf(value: Value): string {
  return dataOf(value).coerceString();
}

/** What GitHub's own library makes of an expression, where the contexts are those of the scope and no others. */
function resultOf(expression: string, { contexts, status }: Scope): data.ExpressionData {
  const functions = STATUS_FUNCTIONS.map((name) => {
    const call = (): data.BooleanData => new data.BooleanData(name === "always" || name === status);
    return { name, minArgs: 0, maxArgs: 0, call };
  });
  try {
    const { tokens } = new Lexer(expression).lex();
    const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
    return new Evaluator(parsed, dictionaryOf(contexts), new Map(functions.map((one) => [one.name, one]))).evaluate();
  } catch (cause) {
    throw new Error(`GitHub does not understand the expression "${expression.trim()}".`, { cause });
  }
}

function dataOf(value: Value): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  return isList(value) ? new data.Array(...value.map(dataOf)) : dictionaryOf(value);
}

function dictionaryOf(fields: Readonly<Record<string, Value>>): data.Dictionary {
  return new data.Dictionary(...Object.entries(fields).map(([key, value]) => ({ key, value: dataOf(value) })));
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
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
