"""Gives each request a client address of its own: the API counts requests with a wrong key by address.

Not by a hook of Schemathesis: it calls none for the requests with a wrong key that it makes itself.
"""

import itertools

import requests

numbers = itertools.count()
send = requests.Session.send


def send_from_elsewhere(session, request, **kwargs):
    number = next(numbers)
    request.headers["X-Forwarded-For"] = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return send(session, request, **kwargs)


requests.Session.send = send_from_elsewhere
