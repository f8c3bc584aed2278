import { fc } from "../../harness/draws";
import { UserList } from "../../src/snaptrade/user-list";
import type { Listed } from "../../src/snaptrade/user-list";

const USER = "user-1";

function listed(text: string, { user = USER, link }: { user?: string; link?: string } = {}): Listed {
  const users = new UserList(user);
  users.read(Buffer.from(text));
  return users.result(link);
}

describe("a list of users", () => {
  test.each<[string, Listed]>([
    [`["a","${USER}","b"]`, "listed"],
    [` [ "${USER}" ] `, "listed"],
    [`{"users":["${USER}"]}`, "listed"],
    [`{"data":[{"userId":"${USER}","name":"x"}]}`, "listed"],
    [`[{"user_id":"${USER}"}]`, "listed"],
    [`[{"id":"${USER}"}]`, "listed"],
    [`{"page":{"users":["${USER}"]}}`, "listed"],
    ["[]", "absent"],
    ['["a","b"]', "absent"],
    ['{"users":["a"]}', "absent"],
    ['[{"userId":"a"}]', "absent"],
  ])("%s: %s", (text, expected) => {
    expect(listed(text)).toBe(expected);
  });

  test.each(["user-10", "user-", "user", "user-1 ", " user-1", "USER-1", "xuser-1", "user-1\\u0000"])(
    "is not taken in by %j",
    (other) => {
      expect(listed(`["${other}"]`)).toBe("absent");
    },
  );

  test("names users by their ids, not by a key or another value", () => {
    expect(listed(`[{"userId":"a","name":"${USER}"}]`)).toBe("absent");
    expect(listed(`[{"userId":"a","${USER}":"b"}]`)).toBe("absent");
  });

  test.each(['"us\\u0065r-1"', '"\\u0075\\u0073\\u0065\\u0072\\u002d\\u0031"', '"user\\u002D1"'])(
    "spelt with escapes, %s, is the same user",
    (spelt) => {
      expect(listed(`[${spelt}]`)).toBe("listed");
    },
  );

  test("may have ids of any characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), fc.nat(40), (user, at) => {
        const bytes = Buffer.from(JSON.stringify(["other", user]));
        const users = new UserList(user);
        users.read(bytes.subarray(0, at));
        users.read(bytes.subarray(at));
        expect(users.result(undefined)).toBe("listed");
      }),
    );
  });
});

describe("a list that is not all", () => {
  test.each([
    '{"users":["a"],"next":"https://api.example/?page=2"}',
    '{"next":"x","users":["a"]}',
    '{"users":["a"],"next":["x"]}',
    '{"users":["a"],"has_more":true}',
    '{"users":["a"],"hasNext":true}',
    '{"users":["a"],"next_page":2}',
    '{"users":["a"],"nextCursor":"x"}',
    '{"users":["a"],"meta":{"cursor":"x"}}',
    '{"users":["a"],"total":2}',
    '{"total_count":2,"results":["a"]}',
    '{"count":100,"results":[{"id":"a"}]}',
  ])("%s says so itself", (text) => {
    expect(listed(text)).toBe("more-pages");
  });

  test.each([
    '{"users":["a"],"next":null}',
    '{"users":["a"],"next":""}',
    '{"users":["a"],"has_more":false}',
    '{"users":["a"],"next_page":0}',
    '{"users":["a"],"total":1}',
  ])("%s is all", (text) => {
    expect(listed(text)).toBe("absent");
  });

  test.each<[string, Listed]>([
    ['<https://api.example/?page=2>; rel="next"', "more-pages"],
    ["<https://api.example/?page=2>; rel=next", "more-pages"],
    ['<https://a.example/>; rel="prev", <https://b.example/>; rel="last next"', "more-pages"],
    ['<https://api.example/?page=1>; rel="first"', "absent"],
    ['<https://api.example/next>; rel="self"', "absent"],
  ])("by the header Link: %s is %s", (link, expected) => {
    expect(listed('["a"]', { link })).toBe(expected);
  });

  test("names the user all the same where the user is on the page", () => {
    expect(listed(`["${USER}"]`, { link: '<x>; rel="next"' })).toBe("listed");
    expect(listed(`{"next":"x","users":["${USER}"]}`)).toBe("listed");
  });
});

describe("an answer that is no list", () => {
  test.each([
    "",
    "[",
    '["a"',
    '["a",',
    `["a","${USER}`,
    "<html>",
    "{}",
    '{"detail":"no"}',
    '"user-1"',
    "null",
    '["a"}',
    '["a"] trailing',
    '{"page":{"users":["a"]}}',
  ])("%j does not say that there is no such user", (text) => {
    expect(listed(text)).toBe("no-list");
  });

  test("that is cut behind the user names the user", () => {
    expect(listed(`["a","${USER}",`)).toBe("listed");
  });

  test("is not read any further, whatever comes", () => {
    const users = new UserList(USER);
    expect(users.read(Buffer.from("<html>"))).toBe(false);
    expect(users.read(Buffer.from(`["${USER}"]`))).toBe(false);
    expect(users.result(undefined)).toBe("no-list");
  });
});

describe("a list of 60 MB", () => {
  test("is searched in pieces of odd sizes, with the user at its end, in a small memory", () => {
    const id = "11111111-1111-4111-8111-111111111111";
    const block = Buffer.from(`"${id}",`.repeat(7_919));
    const blocks = Math.ceil((60 * 1024 * 1024) / block.length);
    const users = new UserList(USER);
    users.read(Buffer.from("["));
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    for (let n = 0; n < blocks; n += 1) {
      const size = 1 + ((n * 7_907) % 16_384);
      for (let at = 0; at < block.length; at += size) users.read(block.subarray(at, at + size));
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(users.result(undefined)).toBe("no-list");
    expect(users.read(Buffer.from(`"${USER}"]`))).toBe(true);
    expect(users.result(undefined)).toBe("listed");
    expect(most).toBeLessThan(200 * 1024 * 1024);
  });
});
