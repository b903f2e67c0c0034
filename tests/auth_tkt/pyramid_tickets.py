"""Writes and reads auth_tkt cookies with real Pyramid.

stdin: a list of questions, each
  {"options": options of AuthTktCookieHelper, "now": seconds, "ip": ..., "host": ...,
   "write": {"userid": ["int" | "str" | "bytes", text], "tokens": [...]}}
  or, instead of "write", {"read": "<Cookie header>"}.
stdout: a list of answers: the Set-Cookie headers that were made; or null where nobody is signed in,
else {"userid": [type, text], "tokens": [...], "timestamp": ..., "userdata": ..., "reissued": [...]}.
"error" and the name of an exception where Pyramid throws.

"bytes" are in hexadecimal digits.
"""
import json
import sys
import time

import pyramid.authentication
from pyramid.authentication import AuthTktCookieHelper
from pyramid.request import Request
from pyramid.response import Response

clock = {}


class SettableTime:
    def __getattr__(self, name):
        return getattr(time, name)

    @staticmethod
    def time():
        return clock['now']


pyramid.authentication.time_mod = SettableTime()
KINDS = {'int': int, 'str': str, 'bytes': bytes.fromhex}


def typed(value):
    if isinstance(value, bytes):
        return ['bytes', value.hex()]
    return [type(value).__name__, str(value)]


def answer(question):
    clock['now'] = question['now']
    helper = AuthTktCookieHelper(**question['options'])
    host = question.get('host', 'app.test')
    request = Request.blank('/', base_url='https://' + host)
    request.environ['REMOTE_ADDR'] = question.get('ip', '127.0.0.1')
    if 'write' in question:
        kind, text = question['write']['userid']
        tokens = question['write'].get('tokens', [])
        return [v for _, v in helper.remember(request, KINDS[kind](text), tokens=tokens)]
    if 'forget' in question:
        return [v for _, v in helper.forget(request)]
    request.environ['HTTP_COOKIE'] = question['read']
    identity = helper.identify(request)
    if identity is None:
        return None
    response = Response()
    request._process_response_callbacks(response)
    return {
        'userid': typed(identity['userid']),
        'tokens': [token for token in identity['tokens'] if token],
        'timestamp': identity['timestamp'],
        'userdata': identity['userdata'],
        'reissued': response.headers.getall('Set-Cookie'),
    }


def answered(question):
    try:
        return answer(question)
    except Exception as error:
        return {'error': type(error).__name__}


if __name__ == '__main__':
    json.dump([answered(question) for question in json.load(sys.stdin)], sys.stdout)
