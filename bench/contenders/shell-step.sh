# What a user might write instead: a `run:` step with the tools that every hosted runner has.
set -euo pipefail

path=/snapTrade/resetUserSecret
query="clientId=$CLIENT_ID&timestamp=$(date +%s)"
body=$(jq -nc --arg userId "$USER_ID" --arg userSecret "$USER_SECRET" '$ARGS.named')
canonical=$(jq -ncS --argjson content "$body" --arg path "$path" --arg query "$query" '$ARGS.named')
signature=$(printf %s "$canonical" | openssl dgst -sha256 -hmac "$CONSUMER_KEY" -binary | base64 -w 0)

secret=$(curl --silent --fail --request POST "$SNAPTRADE_URL$path?$query" \
  --header "Content-Type: application/json" --header "Signature: $signature" --data "$body" | jq -r .userSecret)
echo "::add-mask::$secret"
gh secret set "$SECRET_NAME" --repo "$REPOSITORY" --env production --body "$secret"
