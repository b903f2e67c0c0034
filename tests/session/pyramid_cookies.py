"""Opens and makes session cookies with real Pyramid.

stdin: {"options": options of SignedCookieSessionFactory, "now": seconds,
        "open": [cookie, ...], "make": [[created, state], ...]}
stdout: {"opened": [[new, created, state], ...], "made": [cookie, ...]}
"""
import json
import sys
import time

import pyramid.session
from pyramid.request import Request
from pyramid.response import Response
from pyramid.session import SignedCookieSessionFactory

clock = {}


class SettableTime:
    def __getattr__(self, name):
        return getattr(time, name)

    @staticmethod
    def time():
        return clock['now']


pyramid.session.time = SettableTime()
asked = json.load(sys.stdin)
factory = SignedCookieSessionFactory(**asked['options'])


def opened(cookie):
    clock['now'] = asked['now']
    request = Request.blank('/', headers={'Cookie': 'session=' + cookie})
    session = factory(request)
    return [session.new, session.created, dict(session)]


def made(created, state):
    clock['now'] = created
    request = Request.blank('/')
    session = factory(request)
    clock['now'] = asked['now']
    session.update(state)
    response = Response()
    request._process_response_callbacks(response)
    return response.headers['Set-Cookie'].partition(';')[0].partition('=')[2]


json.dump({
    'opened': [opened(cookie) for cookie in asked['open']],
    'made': [made(created, state) for created, state in asked['make']],
}, sys.stdout)
