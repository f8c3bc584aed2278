import { startProxy } from "../../sandbox/proxy";
import type { Stage, StageOptions } from "../../sandbox/stage";
import { removeAuthority, sharedAuthority } from "../../harness/circumstances";
import type { Later, StepChanges } from "../../harness/play";
import { withPlayed } from "../../harness/play";
import { faultsOf } from "../../harness/expect-row";
import { shareOf } from "../../harness/share";

const ROTATED = ["rotated", "main", 1, "saved"] as const;

/** Both services speak TLS with certificates of a private authority. */
async function behindTls(): Promise<StageOptions> {
  const { server } = await sharedAuthority();
  return { snapTrade: { tls: server }, github: { tls: server } };
}

afterAll(removeAuthority);

test("a private authority in NODE_EXTRA_CA_CERTS is trusted for both services", async () => {
  const prepare = async (): Promise<StepChanges> => ({
    env: { NODE_EXTRA_CA_CERTS: (await sharedAuthority()).caFile },
  });
  await withPlayed({ stage: behindTls, prepare }, async (played) => {
    expect(await faultsOf(played, ROTATED)).toEqual([]);
  });
}, 60_000);

test.each(shareOf(["HTTPS_PROXY", "https_proxy"], (name) => name === "HTTPS_PROXY"))(
  "both services are reached through %s, with its credentials, and the save over an open tunnel",
  async (variable) => {
    const proxy = await startProxy({ username: "some body", password: "p@ss:word/%" });
    const prepare = async (_stage: Stage, later: Later): Promise<StepChanges> => {
      later(() => proxy.close());
      return { env: { NODE_EXTRA_CA_CERTS: (await sharedAuthority()).caFile, [variable]: proxy.url } };
    };
    await withPlayed({ stage: behindTls, prepare }, async (played) => {
      const { snapTrade, github } = played.stage;
      const hosts = [snapTrade.url, github.url].map((url) => new URL(url).host);
      expect(new Set(proxy.tunnels)).toEqual(new Set(hosts));
      const reset = snapTrade.requests.find(({ method }) => method === "POST");
      const save = github.requests.find(({ which }) => which === "put");
      expect(save?.index).toBeGreaterThan(0);
      expect(save?.connectedAt).toBeLessThan(reset?.at ?? 0);
      expect(`${played.run.main.stdout}${played.run.main.summary}`).not.toContain("p@ss");
      expect(await faultsOf(played, ROTATED)).toEqual([]);
    });
  },
  60_000,
);

test("a proxy that is named without a scheme is spoken to in plain HTTP, as curl does", async () => {
  const proxy = await startProxy();
  const prepare = async (_stage: Stage, later: Later): Promise<StepChanges> => {
    later(() => proxy.close());
    const { caFile } = await sharedAuthority();
    return { env: { NODE_EXTRA_CA_CERTS: caFile, HTTPS_PROXY: proxy.url.replace("http://", "") } };
  };
  await withPlayed({ stage: behindTls, prepare }, async (played) => {
    expect(proxy.tunnels.length).toBeGreaterThan(0);
    expect(await faultsOf(played, ROTATED)).toEqual([]);
  });
}, 60_000);
