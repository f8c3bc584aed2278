import { randomBytes, randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { startSnapTrade } from "../sandbox/snaptrade";

// A SnapTrade for the smoke job, which goes on until the job ends. What the action has to be given stands in the step's outputs.
const [clientId, consumerKey, userId, userSecret] = [
  "SMOKE",
  randomBytes(32).toString("base64url"),
  "customer-1",
  randomUUID(),
];
const snapTrade = await startSnapTrade({ clientId, consumerKey, users: { [userId]: userSecret } });
const outputs = {
  url: snapTrade.url,
  "client-id": clientId,
  "consumer-key": consumerKey,
  "user-id": userId,
  "user-secret": userSecret,
};
const text = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
appendFileSync(process.env["GITHUB_OUTPUT"] ?? "", text.join(""));
