/**
 * Whether a name is one that a write check uses: `NAME_CANARY`, or that with sixteen hex digits behind it. Eight of them
 * check the others, by a rule that is none of the stand-in's business: here all of that shape are canaries.
 */
export function isCanaryName(name: string): boolean {
  return /_CANARY(?:_[0-9A-F]{16})?$/iu.test(name);
}

/** Whether a name is that of the canary of one certain secret, compared as GitHub compares names. */
export function isCanaryOf(secret: string, name: string): boolean {
  const prefix = `${secret.toUpperCase()}_CANARY`;
  return name.toUpperCase().startsWith(prefix) && /^(?:_[0-9A-F]{16})?$/iu.test(name.slice(prefix.length));
}
