"""The official Python client as a program: each line of its input is a call, and each line of its output the answer.

One process makes many calls, because to import the client takes longer than all of them.
"""

import json
import sys

import snaptrade_client
from snaptrade_client import ApiException, SnapTrade
from snaptrade_client.request_after_hook import compute_request_signature
from snaptrade_client.schemas import unset


def client(url, client_id, consumer_key):
    """Version 11 takes the credentials themselves, and later versions an object of them."""
    auth = getattr(snaptrade_client, "SnapTradeAuth", None)
    if auth is None:
        return SnapTrade(client_id=client_id, consumer_key=consumer_key, host=url)
    key = auth.commercial_api_key(client_id=client_id, consumer_key=consumer_key)
    return SnapTrade(auth=key, host=url)


def reset(client, user_id, user_secret):
    body = client.authentication.reset_snap_trade_user_secret(user_id=user_id, user_secret=user_secret).body
    return {"userId": body["userId"], "userSecret": body["userSecret"]}


def authorizations(client, user_id, user_secret):
    return client.connections.list_brokerage_authorizations(user_id=user_id, user_secret=user_secret).body


def users(client):
    return client.authentication.list_snap_trade_users().body


def status(client):
    return client.api_status.check().body


CALLS = {"reset": reset, "authorizations": authorizations, "users": users, "status": status}


def sign(target, consumer_key, body):
    """As the client does it with every request: the body is given as it is before it becomes JSON."""
    content = unset if body == "" else json.loads(body)
    return compute_request_signature(path=target, consumer_key=consumer_key, body=content)


def answer(call):
    if call["call"] == "sign":
        return {"value": sign(**call["arguments"])}
    try:
        return {"value": CALLS[call["call"]](client(**call["client"]), **call["arguments"])}
    except ApiException as error:
        return {"status": error.status, "refused": error.body}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return {"misunderstood": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
