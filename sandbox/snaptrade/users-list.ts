import type { FaultyAnswer, UsersList } from "./faults";
import { serverError } from "./named-fault";
import { chunk, headerLines, statusLine } from "./wire";

/** About 60 MB in all. */
const LONG_SEGMENTS = 60;

const SEGMENT_BYTES = 1024 * 1024;

/** Other people's user ids, as a JSON text between two commas. */
function others(segment: number): Buffer {
  const ids: string[] = [];
  for (let size = 0, n = 0; size < SEGMENT_BYTES; n += 1) {
    const id = `"somebody-else-${segment}-${n}"`;
    ids.push(id);
    size += id.length + 1;
  }
  return Buffer.from(`${ids.join(",")},`);
}

/** One segment at a time, so that nobody ever holds the whole list. */
function* longList(userIds: readonly string[], commonHeaders: Readonly<Record<string, string>>): Generator<Buffer> {
  const head = `${statusLine(200)}Content-Type: application/json\r\n${headerLines(commonHeaders)}`;
  yield Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  yield chunk(Buffer.from("["));
  for (let segment = 0; segment < LONG_SEGMENTS; segment += 1) yield chunk(others(segment));
  yield chunk(Buffer.from(`${userIds.map((id) => JSON.stringify(id)).join(",")},"the-last-one"]`));
  yield Buffer.from("0\r\n\r\n");
}

const PAGE = JSON.stringify(["somebody-else-1", "somebody-else-2"]);

const NEXT = "/snapTrade/listUsers?page=2";

/** What the request for the list gets. */
export function usersAnswer(list: UsersList, userIds: readonly string[]): FaultyAnswer {
  const whole = JSON.stringify(userIds);
  switch (list) {
    case "array":
      return () => ({ status: 200, body: whole });
    case "long":
      return ({ commonHeaders }) => ({ raw: longList(userIds, commonHeaders) });
    case "paged-link":
      return () => ({ status: 200, headers: { Link: `<${NEXT}>; rel="next"` }, body: PAGE });
    case "paged-object":
      return () => ({
        status: 200,
        body: `{"count":${userIds.length + 2},"next":"${NEXT}","results":${PAGE}}`,
        strays: "body",
      });
    case "without-user":
      return () => ({ status: 200, body: PAGE });
    case "other-spelling":
      return () => ({ status: 200, body: JSON.stringify(userIds.map((id) => `${id}-2`)) });
    case "empty":
      return () => ({ status: 200, body: "", strays: "body" });
    case "error":
      return serverError(500);
    case "html":
      return () => ({
        status: 200,
        headers: { "Content-Type": "text/html" },
        body: `<html>${whole}</html>`,
        strays: "content type",
      });
    case "cut":
      return ({ commonHeaders }) => ({
        raw: Buffer.from(
          `${statusLine(200)}${headerLines(commonHeaders)}Content-Length: ${PAGE.length + whole.length}\r\n\r\n${PAGE.slice(0, -1)}`,
        ),
      });
    case "silent":
      return "none";
  }
}
