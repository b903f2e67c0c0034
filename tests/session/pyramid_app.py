"""A small app on real Pyramid, to share sessions with.

argv[1]: JSON, {"/prefix": {"secret": ..., and options of SignedCookieSessionFactory}, ...}:
one app below each prefix. Prints its port and serves until its standard input is closed.

Every view answers JSON. /clock?now=1700000000.5 sets the time of all sessions.
"""
import json
import sys
import threading
import time
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pyramid.session
from pyramid.authentication import SessionAuthenticationHelper
from pyramid.config import Configurator
from pyramid.csrf import get_csrf_token
from pyramid.session import SignedCookieSessionFactory

clock = {'now': None}


class SettableTime:
    def __getattr__(self, name):
        return getattr(time, name)

    @staticmethod
    def time():
        return time.time() if clock['now'] is None else clock['now']


pyramid.session.time = SettableTime()
helper = SessionAuthenticationHelper()


def write(request):
    request.session.update(request.json_body)
    return 'written'


def read(request):
    return dict(request.session)


def login(request):
    helper.remember(request, request.json_body['userid'])
    return 'logged in'


def whoami(request):
    return helper.authenticated_userid(request)


def forget(request):
    helper.forget(request)
    return 'forgotten'


def logout(request):
    request.session.invalidate()
    return 'logged out'


def flash(request):
    request.session.flash(request.json_body['message'], request.json_body['queue'])
    return 'flashed'


def pop_flash(request):
    return request.session.pop_flash(request.params['queue'])


def times(request):
    return {'created': request.session.created, 'new': request.session.new}


def protected(request):
    return 'let in'


def app_of(prefix, options):
    config = Configurator()
    config.set_session_factory(SignedCookieSessionFactory(**options))
    views = (write, read, login, whoami, forget, logout, flash, pop_flash, times)
    for view in views + (get_csrf_token, protected):
        config.add_route(view.__name__, '%s/%s' % (prefix, view.__name__))
        config.add_view(view, route_name=view.__name__, renderer='json',
                        require_csrf=view is protected)
    return config.make_wsgi_app()


def main():
    mounts = json.loads(sys.argv[1])
    apps = {prefix: app_of(prefix, options) for prefix, options in mounts.items()}

    def site(environ, start_response):
        path = environ['PATH_INFO']
        if path == '/clock':
            clock['now'] = float(parse_qs(environ['QUERY_STRING'])['now'][0])
            start_response('204 No Content', [])
            return []
        return apps[path[:path.index('/', 1)]](environ, start_response)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args):
            pass

    server = make_server('127.0.0.1', 0, site, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    server.shutdown()


main()
