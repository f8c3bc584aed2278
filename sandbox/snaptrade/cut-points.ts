const SECRET_KEY = '"userSecret":"';

/** For `cutAfter`: up to the opening quote of the new secret, which is in the last such member. */
export function beforeSecret(answer: Buffer): number {
  return answer.lastIndexOf(SECRET_KEY) + SECRET_KEY.length;
}

/** For `cutAfter`: up to the middle of the new secret. */
export function insideSecret(answer: Buffer): number {
  const from = beforeSecret(answer);
  return Math.floor((from + answer.indexOf('"', from)) / 2);
}

/** For `cutAfter`: up to the closing quote of the new secret, which is the last byte that comes. */
export function afterSecret(answer: Buffer): number {
  return answer.indexOf('"', beforeSecret(answer)) + 1;
}

/** For `cutAfter`: up to the last character of the new secret, whose closing quote does not come. */
export function atClosingQuote(answer: Buffer): number {
  return afterSecret(answer) - 1;
}

/** For `cutAfter`: up to the middle of the headers. */
export function insideHead(answer: Buffer): number {
  return Math.floor(answer.indexOf("\r\n\r\n") / 2);
}
