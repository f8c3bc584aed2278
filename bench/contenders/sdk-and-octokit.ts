// What a user might write instead: the official SDK, then octokit, which asks for the key when it has the secret.
import { getOctokit } from "@actions/github";
import sodium from "libsodium-wrappers";
import { Snaptrade, SnaptradeAuth } from "snaptrade-typescript-sdk";

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
}

const snaptrade = new Snaptrade({
  auth: SnaptradeAuth.commercialApiKey({ clientId: given("CLIENT_ID"), consumerKey: given("CONSUMER_KEY") }),
  basePath: given("SNAPTRADE_URL"),
});
const octokit = getOctokit(given("GH_TOKEN"), { baseUrl: given("GITHUB_URL") });
const [owner = "", repo = ""] = given("REPOSITORY").split("/");
const place = { owner, repo, environment_name: "production" };
await sodium.ready;

const answer = await snaptrade.authentication.resetSnapTradeUserSecret({
  userId: given("USER_ID"),
  userSecret: given("USER_SECRET"),
});
const { data } = await octokit.rest.actions.getEnvironmentPublicKey(place);
const key = sodium.from_base64(data.key, sodium.base64_variants.ORIGINAL);
const box = sodium.crypto_box_seal(sodium.from_string(answer.data.userSecret ?? ""), key);
await octokit.rest.actions.createOrUpdateEnvironmentSecret({
  ...place,
  secret_name: given("SECRET_NAME"),
  encrypted_value: sodium.to_base64(box, sodium.base64_variants.ORIGINAL),
  key_id: data.key_id,
});
