"""What stands in for systemd must know its own process from a stranger's."""

import os


def test_stop_leaves_a_stranger_alone_who_has_the_old_number(place):
    """After a restart of the machine the number in the file may be anybody's: here it is ours."""
    (place.root / "shared/supervise.pid").write_text(str(os.getpid()))
    done = place.run("supervise.py stop")
    assert done.returncode == 0  # and we are alive


def test_it_starts_once_restarts_and_stops(place):
    python = place.root / "current/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexec sleep 60\n")
    python.chmod(0o755)
    assert place.run("supervise.py restart").returncode == 0
    first = (place.root / "shared/gunicorn.pid").read_text()
    try:
        assert place.run("supervise.py run").returncode == 4
        assert place.run("supervise.py restart").returncode == 0
        assert (place.root / "shared/gunicorn.pid").read_text() != first
    finally:
        assert place.run("supervise.py stop").returncode == 0
    assert not place.socket.exists()
