"""An app on real Pyramid that answers single requests; tests/oracle/answers_app.ts is its twin.

stdin: a list of requests, each [method, target, {header: value}, body].
stdout: for each [status, Location or null, Allow or null, Content-Type or null, text].
An exception that leaves the app is a 500, as of every server.
"""
import json
import sys
from io import BytesIO
from urllib.parse import unquote_to_bytes

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW


def text(make):
    return lambda request: Response(str(make(request)), content_type='text/plain')


class Failed(Exception):
    pass


def fail(request):
    raise Failed


def missing(request):
    raise HTTPNotFound('There is no such page.')


def failing_tween(header):
    def factory(handler, registry):
        def tween(request):
            if header in request.headers:
                raise Failed
            return handler(request)
        return tween
    return factory


outer_tween = failing_tween('X-Fail-Outside')
inner_tween = failing_tween('X-Fail-Inside')


def make_app():
    with Configurator() as config:
        def page(name, pattern, view, **options):
            if name not in names:
                config.add_route(name, pattern)
                names.add(name)
            config.add_view(view, route_name=name, **options)

        names = set()
        page('param', '/param', text(lambda request: request.params['a']))
        page('all', '/all', text(lambda request: ','.join(request.params.getall('a'))))
        page('cookie', '/cookie', text(lambda request: request.cookies.get('a')))
        page('wiki', '/wiki/*rest', text(lambda request: json.dumps(
            list(request.matchdict['rest']), separators=(',', ':'), ensure_ascii=False)))
        page('item', '/item/{id}', text(lambda request: request.matchdict['id']))
        page('read', '/read', text(lambda request: request.json_body['a']), request_method='POST')
        page('sum', '/sum', lambda request: {'sum': 1}, renderer='json')
        page('accept', '/accept', text(lambda request: 'json'), accept='application/json')
        page('accept', '/accept', text(lambda request: 'html'), accept='text/html')
        page('tie', '/tie', text(lambda request: 'param'), request_param='a')
        page('tie', '/tie', text(lambda request: 'header'), header='X-A')
        page('any', '/any', text(lambda request: request.method))
        page('get', '/get', text(lambda request: 'get'), request_method='GET')
        page('folder', '/folder/', text(lambda request: 'folder'))
        page('cafe', '/café', text(lambda request: 'café'))
        page('two', '/two/parts', text(lambda request: 'parts'))
        page('fail', '/fail', fail)
        page('missing', '/missing', missing)
        page('away', '/away', lambda request: HTTPFound('/any'))
        config.add_notfound_view(append_slash=True)
        config.add_exception_view(text(lambda request: 'an exception view'), context=Failed)
        config.add_tween('__main__.outer_tween', over=EXCVIEW)
        config.add_tween('__main__.inner_tween', under=EXCVIEW)
        return config.make_wsgi_app()


def answer(app, method, target, headers, body):
    path, _, query = target.partition('?')
    data = body.encode()
    environ = {
        'REQUEST_METHOD': method, 'SCRIPT_NAME': '', 'QUERY_STRING': query,
        'PATH_INFO': unquote_to_bytes(path).decode('latin-1'),
        'SERVER_NAME': 'app.test', 'SERVER_PORT': '443', 'SERVER_PROTOCOL': 'HTTP/1.1',
        'HTTP_HOST': 'app.test', 'wsgi.version': (1, 0), 'wsgi.url_scheme': 'https',
        'wsgi.input': BytesIO(data), 'wsgi.errors': sys.stderr, 'wsgi.multithread': False,
        'wsgi.multiprocess': False, 'wsgi.run_once': False, 'CONTENT_LENGTH': str(len(data)),
    }
    for name, value in headers.items():
        key = name.upper().replace('-', '_')
        environ[key if key == 'CONTENT_TYPE' else 'HTTP_' + key] = value
    try:
        response = Request(environ).get_response(app)
        found = response.headers
        return [response.status_int, found.get('Location'), found.get('Allow'),
                found.get('Content-Type'), response.body.decode('utf-8', 'replace')]
    except Exception:
        return [500, None, None, None, '']


if __name__ == '__main__':
    application = make_app()
    json.dump([answer(application, *asked) for asked in json.load(sys.stdin)], sys.stdout)
