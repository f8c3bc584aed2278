import { connectGitHub } from "../../src/github/client";
import { Secret } from "../../src/rotation/secret";

/** Nothing is loaded and nobody is asked before the first call. */
function hostnameAt(apiUrl: string): string | null {
  const options = { token: new Secret("token"), requestTimeoutMs: 1_000, lifetime: new AbortController().signal };
  return connectGitHub({ ...options, apiUrl: new URL(apiUrl) }).hostname;
}

describe("what gh is told as --hostname", () => {
  test.each([
    ["https://api.github.com", null],
    ["https://api.octo.ghe.com", "octo.ghe.com"],
    ["https://github.example.com/api/v3", "github.example.com"],
    ["https://github.example.com:8443/api/v3/", "github.example.com"],
  ])("%s: %s", (apiUrl, hostname) => {
    expect(hostnameAt(apiUrl)).toBe(hostname);
  });
});

test("a client that was never used is closed without a word", async () => {
  const options = { token: new Secret("token"), requestTimeoutMs: 1_000, lifetime: new AbortController().signal };
  await expect(
    connectGitHub({ ...options, apiUrl: new URL("https://api.github.com") }).close(),
  ).resolves.toBeUndefined();
});
