"""A real nginx on the rendered configuration, with a stand-in for gunicorn behind it."""

import http.client
import json
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace

import pytest

from findgo.env import BASE_DIR

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx or openssl is not installed")

AROUND = """
daemon off; master_process off; pid {tmp}/pid; error_log {tmp}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    types {{ text/html html; text/css css; }}
    client_body_temp_path {tmp}/b; proxy_temp_path {tmp}/p; fastcgi_temp_path {tmp}/f; uwsgi_temp_path {tmp}/u;
    scgi_temp_path {tmp}/s;
    include {tmp}/findgo.conf;
}}
"""


class Application(BaseHTTPRequestHandler):
    """Answers with what nginx told it; its own 503 must reach the client as it is."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = {name: self.headers[name] for name in ("Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Real-IP")}
        body = json.dumps(said | {"path": self.path, "method": self.command}).encode()
        self.send_response(503 if self.path == "/api/v1/busy/" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_GET

    def log_message(self, *words):
        pass

    def address_string(self):
        return ""


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def written(place, tmp_path) -> tuple[int, int]:
    """nginx.conf in tmp_path, with the site in it, and the ports."""
    ports = free_port(), free_port()
    tls = {"CERTIFICATE": tmp_path / "cert.pem", "KEY": tmp_path / "key.pem"}
    certificate = ["-keyout", tls["KEY"], "-out", tls["CERTIFICATE"], "-days", "2", "-subj", "/CN=findgo.test"]
    make = [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*make, *certificate], check=True, capture_output=True)
    site = place.run(
        "render", BASE_DIR / "deploy/nginx/findgo.conf", HTTP_PORT=ports[0], HTTPS_PORT=ports[1], LOGS=tmp_path, **tls
    )
    (tmp_path / "findgo.conf").write_text(site.stdout)
    (tmp_path / "nginx.conf").write_text(AROUND.format(tmp=tmp_path))
    shutil.copy(BASE_DIR / "deploy/nginx/maintenance.html", place.root / "shared/www")
    return ports


@pytest.fixture
def site(place, tmp_path):
    """`site.get(path)`; `site.down()` takes the application away."""
    ports = written(place, tmp_path)
    application = Server(str(place.socket), Application)
    threading.Thread(target=application.serve_forever, args=(0.05,), daemon=True).start()
    nginx = subprocess.Popen([NGINX, "-p", tmp_path, "-c", tmp_path / "nginx.conf"], stderr=subprocess.DEVNULL)
    context = ssl._create_unverified_context()

    def ask(path, method="GET", secure=True, body=None, headers=None):
        with socket.create_connection(("127.0.0.1", ports[secure]), timeout=5) as plain:
            connection = http.client.HTTPConnection("findgo.test")
            connection.sock = context.wrap_socket(plain, server_hostname="findgo.test") if secure else plain
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return SimpleNamespace(status=response.status, headers=response.headers, text=response.read().decode())

    def down():
        application.shutdown()
        application.server_close()
        place.socket.unlink()

    try:
        for _ in range(100):
            try:
                ask("/health/live/")
                break
            except OSError:
                time.sleep(0.05)
        yield SimpleNamespace(get=ask, down=down, ports=ports, place=place)
    finally:
        nginx.terminate()
        nginx.wait()
        if place.socket.exists():
            down()


def test_nginx_accepts_the_configuration(place, tmp_path):
    written(place, tmp_path)
    done = subprocess.run([NGINX, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_plain_http_goes_to_https_with_its_method(site):
    answer = site.get("/sign-in/?next=/", secure=False, method="POST")
    assert (answer.status, answer.headers["Location"]) == (308, f"https://findgo.test:{site.ports[1]}/sign-in/?next=/")


def test_nothing_that_was_searched_is_in_a_log(site, tmp_path):
    for path in ("/orders/?q=Kartika+Canariwati", "/api/v1/customers/?q=081390007777&near=-6.9,107.6"):
        site.get(path, headers={"Referer": f"https://findgo.test{path}"})
        site.get(path, secure=False)
    site.down()
    site.get("/orders/?q=Kartika+Canariwati")
    said = "".join(path.read_text() for path in tmp_path.glob("*.log"))

    assert '"GET /orders/ HTTP/1.1" 200' in said and " 503 " in said
    assert not any(word in said for word in ("Kartika", "0813", "107.6", "?"))


def test_application_hears_who_asks_and_clients_cannot_pretend(site):
    lies = {"X-Forwarded-For": "10.0.0.1", "X-Real-IP": "10.0.0.1", "X-Forwarded-Proto": "http"}
    said = json.loads(site.get("/api/v1/visits/", method="PUT", body="{}", headers=lies).text)
    assert said == {
        "Host": "findgo.test",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "127.0.0.1",
        "X-Real-IP": "127.0.0.1",
        "path": "/api/v1/visits/",
        "method": "PUT",
    }


def test_maintenance_shows_people_a_page_and_phones_json(site):
    assert site.get("/orders/").status == 200
    assert site.place.run("maintenance", "on").returncode == 0
    for method in ("GET", "POST"):
        page = site.get("/orders/", method=method)
        assert (page.status, page.headers["Retry-After"]) == (503, "60")
        assert page.headers["Content-Type"].startswith("text/html") and "Data di ponsel Anda aman" in page.text
        answer = site.get("/api/v1/visits/", method=method)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert answer.headers["Content-Type"] == "application/json"
        assert json.loads(answer.text).keys() == {"code", "message", "details"}
        assert json.loads(answer.text)["code"] == "maintenance"
    assert site.get("/health/live/").status == 200
    assert site.get("/health/ready/").status == 503
    assert site.place.run("maintenance", "off").returncode == 0
    assert site.get("/orders/").status == site.get("/api/v1/visits/").status == 200


def test_refusals_of_the_application_are_left_alone(site):
    answer = site.get("/api/v1/busy/")
    assert (answer.status, json.loads(answer.text)["path"]) == (503, "/api/v1/busy/")


def test_an_application_that_is_gone_is_no_bad_gateway(site):
    site.down()
    assert "Data di ponsel Anda aman" in site.get("/orders/", method="POST").text
    answer = site.get("/api/v1/visits/")
    assert (answer.status, json.loads(answer.text)["code"], answer.headers["Retry-After"]) == (503, "try_again", "5")


def test_uploads_may_be_large_only_where_feeds_come_in(site):
    large = "x" * 7_000_000
    assert site.get("/api/v1/visits/", method="PUT", body=large).status == 413
    assert site.get("/imports/new/", method="POST", body=large).status == 200


def test_static_files_come_from_the_current_build_without_the_application(site):
    build = site.place.root / "builds/A/staticfiles"
    build.mkdir(parents=True)
    (build / "x.css").write_text("body {}")
    (site.place.root / "current").symlink_to("builds/A")
    site.down()
    answer = site.get("/static/x.css")
    assert (answer.status, answer.text, answer.headers["Cache-Control"]) == (200, "body {}", "public, max-age=60")


def test_files_of_the_agents_app_are_kept_for_ever_and_a_map_is_read_in_parts(site):
    for path in ("builds/A/staticfiles/app/assets/index-Bx3_9-aZ.css", "shared/tiles/indonesia.pmtiles"):
        (site.place.root / path).parent.mkdir(parents=True)
        (site.place.root / path).write_text("body {}")
    (site.place.root / "current").symlink_to("builds/A")
    site.down()
    assert "immutable" in site.get("/static/app/assets/index-Bx3_9-aZ.css").headers["Cache-Control"]
    part = site.get("/tiles/indonesia.pmtiles", headers={"Range": "bytes=0-3"})
    assert (part.status, part.text) == (206, "body")


def test_strangers_names_get_nothing(site):
    with pytest.raises((OSError, http.client.HTTPException)):
        connection = http.client.HTTPConnection("127.0.0.1", site.ports[0], timeout=5)
        connection.request("GET", "/", headers={"Host": "other.test"})
        connection.getresponse()
