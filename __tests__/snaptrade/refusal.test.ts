import { errorCode, refusalIn } from "../../src/snaptrade/refusal";
import type { Listener, Refused } from "../../src/snaptrade/refusal";

const LISTENER: Listener = { clientId: "CLIENT-1", quote: (text) => text };

function about(detail: string, code: unknown = "1083", clientId = "CLIENT-1"): Refused["about"] {
  return refusalIn(401, { detail, status_code: 401, code }, { ...LISTENER, clientId }).about;
}

describe("code 1083 has two meanings", () => {
  test.each([
    "Invalid userID or userSecret provided",
    "Wrong clientId, userId or userSecret provided",
    "Invalid clientId or user secret",
    "Invalid user",
    "Something else altogether",
    "",
  ])("%j is about the secret", (detail) => {
    expect(about(detail)).toBe("secret");
  });

  test.each(["Invalid clientId provided - X", "invalid client_id", "Unknown Client ID: X", "Bad CLIENT-ID"])(
    "%j is about the client",
    (detail) => {
      expect(about(detail)).toBe("client");
    },
  );

  test.each(["CLIENT-1", "USER-PORTAL", "my-secret-user", "user", "a.user+secret(1)"])(
    "a client id of %j that is quoted is taken out of the sentence first",
    (clientId) => {
      expect(about(`Invalid clientId provided - ${clientId}`, "1083", clientId)).toBe("client");
      expect(about(`Invalid userId - for ${clientId}`, "1083", clientId)).toBe("secret");
    },
  );

  test("without a client id the sentence is taken as it is", () => {
    expect(about("Invalid clientId provided - ", "1083", "")).toBe("client");
  });

  test("a sentence that must not be printed is understood all the same", () => {
    const listener = { ...LISTENER, quote: () => null };
    expect(refusalIn(401, { detail: "Invalid clientId provided - X", code: "1083" }, listener)).toEqual({
      said: { status: 401, code: "1083", sentence: null },
      about: "client",
    });
  });
});

describe("a refusal", () => {
  test.each<[number, unknown, Refused["about"]]>([
    [401, { detail: "Unable to verify signature sent", code: "1076" }, "signature"],
    [401, { default_detail: "Invalid userID or userSecret provided", default_code: "1083" }, "secret"],
    [401, { message: "Invalid userID or userSecret provided", code: 1083 }, "secret"],
    [401, { detail: "No" }, null],
    [401, null, null],
    [401, { detail: "No", code: "1012" }, null],
    [403, { detail: "Invalid userID or userSecret provided", code: "1083" }, null],
    [400, { detail: "Unable to verify signature sent", code: "1076" }, null],
  ])("%d with %j is about %p", (status, body, expected) => {
    expect(refusalIn(status, body, LISTENER).about).toBe(expected);
  });

  test.each<[unknown, string | null]>([
    [{ detail: "a" }, "a"],
    [{ default_detail: "b" }, "b"],
    [{ message: "c" }, "c"],
    [{ detail: "  " }, null],
    [{ detail: 1 }, null],
    [{ detail: { a: 1 } }, null],
    [["detail"], null],
    ["detail", null],
    [undefined, null],
  ])("with %j says %p", (body, sentence) => {
    expect(refusalIn(404, body, LISTENER).said).toEqual({ status: 404, code: null, sentence });
  });
});

describe("SnapTrade's error code", () => {
  test.each([
    [{ code: "1083" }, "1083"],
    [{ default_code: "1076" }, "1076"],
    [{ code: 1083 }, "1083"],
    [{ code: "0000" }, "0000"],
    [{ code: "1083\n::error::x" }, null],
    [{ code: {} }, null],
    [{ code: "12345678" }, null],
    [{}, null],
    [null, null],
    [["code"], null],
    ["code", null],
  ])("of %j is %j", (body, code) => {
    expect(errorCode(body)).toBe(code);
  });
});
