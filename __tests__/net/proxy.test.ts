import { proxyAuthorization, proxyFor } from "../../src/net/proxy";

const { env: before } = process;
beforeEach(() => {
  process.env = {};
});
afterAll(() => {
  process.env = before;
});

const TARGET = new URL("https://api.corp.test");

describe("the proxy", () => {
  test.each<[Readonly<Record<string, string>>, string | null]>([
    [{}, null],
    [{ HTTPS_PROXY: "http://proxy.test:3128" }, "http://proxy.test:3128/"],
    [{ https_proxy: "http://small.test", HTTPS_PROXY: "http://large.test" }, "http://small.test/"],
    [{ https_proxy: "", HTTPS_PROXY: "http://large.test" }, "http://large.test/"],
    [{ ALL_PROXY: "https://all.test" }, "https://all.test/"],
    [{ HTTPS_PROXY: "proxy.test:3128" }, "http://proxy.test:3128/"],
    [{ HTTP_PROXY: "http://proxy.test:3128" }, null],
  ])("by %j is %p", (variables, proxy) => {
    Object.assign(process.env, variables);
    expect(proxyFor(TARGET)?.href ?? null).toBe(proxy);
  });

  test("is not for plain http, which only this machine is spoken to in", () => {
    process.env["HTTPS_PROXY"] = "http://proxy.test";
    expect(proxyFor(new URL("http://127.0.0.1:8080"))).toBeNull();
  });

  test.each(["socks5://127.0.0.1:1080", "http://", "http://%zz:x@proxy.test"])("%s is refused", (proxy) => {
    process.env["HTTPS_PROXY"] = proxy;
    expect(() => proxyFor(TARGET)).toThrow();
  });

  test("is told the name and password of its URL", () => {
    expect(proxyAuthorization(new URL("http://me:p%40ss@proxy.test"))).toBe(
      `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
    );
    expect(proxyAuthorization(new URL("http://proxy.test"))).toBeNull();
  });
});

describe("NO_PROXY", () => {
  test.each<[list: string, url: string]>([
    ["*", "https://api.corp.test"],
    ["corp.test", "https://corp.test"],
    ["corp.test", "https://api.corp.test"],
    [".corp.test", "https://corp.test"],
    [".corp.test", "https://api.corp.test"],
    ["*.corp.test", "https://api.corp.test"],
    ["CORP.Test", "https://api.corp.test"],
    ["corp.test.", "https://api.corp.test"],
    ["corp.test", "https://api.corp.test./"],
    ["one.test,corp.test", "https://api.corp.test"],
    [" one.test , corp.test ", "https://api.corp.test"],
    ["one.test corp.test", "https://api.corp.test"],
    ["corp.test:443", "https://api.corp.test"],
    ["corp.test:8443", "https://api.corp.test:8443"],
    ["10.1.2.3", "https://10.1.2.3"],
    ["10.1.2.3:443", "https://10.1.2.3"],
    ["10.0.0.0/8", "https://10.200.3.4"],
    ["10.0.0.0/8", "https://[::ffff:10.1.2.3]"],
    ["192.168.4.0/22", "https://192.168.7.255"],
    ["0.0.0.0/0", "https://203.0.113.9"],
    ["::1", "https://[::1]"],
    ["[::1]", "https://[::1]"],
    ["[::1]:443", "https://[::1]"],
    ["0:0:0:0:0:0:0:1", "https://[::1]"],
    ["fe80::/10", "https://[febf::1]"],
  ])("%j exempts %s", (list, url) => {
    Object.assign(process.env, { HTTPS_PROXY: "http://proxy.test", NO_PROXY: list });
    expect(proxyFor(new URL(url))).toBeNull();
  });

  test.each<[list: string, url: string]>([
    ["", "https://api.corp.test"],
    [",", "https://api.corp.test"],
    [".", "https://api.corp.test"],
    ["corp.test", "https://notcorp.test"],
    [".corp.test", "https://notcorp.test"],
    ["api.corp.test", "https://corp.test"],
    ["orp.test", "https://corp.test"],
    ["corp.test:8443", "https://api.corp.test"],
    ["10.1.2.3", "https://10.1.2.30"],
    ["2.3", "https://10.1.2.3"],
    ["10.0.0.0/8", "https://11.0.0.1"],
    ["192.168.4.0/22", "https://192.168.8.0"],
    ["10.0.0.0/33", "https://10.0.0.0"],
    ["10.0.0.0/", "https://10.0.0.0"],
    ["10.0.0.0/8", "https://10.corp.test"],
    ["fe80::/10", "https://[fec0::1]"],
  ])("%j does not exempt %s", (list, url) => {
    Object.assign(process.env, { HTTPS_PROXY: "http://proxy.test", NO_PROXY: list });
    expect(proxyFor(new URL(url))?.hostname).toBe("proxy.test");
  });

  test("in small letters comes first", () => {
    Object.assign(process.env, { HTTPS_PROXY: "http://proxy.test", no_proxy: "one.test", NO_PROXY: "corp.test" });
    expect(proxyFor(TARGET)).not.toBeNull();
  });
});
