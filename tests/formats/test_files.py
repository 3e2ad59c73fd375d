import os
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

import verifier as lp
from verifier.cli.overwriting import _same
from verifier.model.errors import LeafproofError, TreeError, quoted
from verifier.reading.files import read_bytes
from verifier.writing.files import check_writable, write_atomically


def test_writes_and_replaces_whole_files(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write_atomically(target, b"one")
    write_atomically(str(target), b"two")
    assert target.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]


def test_new_files_get_ordinary_permissions_and_old_ones_keep_theirs(tmp_path: Path) -> None:
    target = tmp_path / "out"
    mask = os.umask(0o022)
    try:
        write_atomically(target, b"")
    finally:
        os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o644
    target.chmod(0o600)
    write_atomically(target, b"x")
    assert target.stat().st_mode & 0o777 == 0o600


def test_symbolic_links_keep_pointing(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(real)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_devices_are_written_not_replaced() -> None:
    write_atomically("/dev/null", b"x")
    assert Path("/dev/null").is_char_device()


def test_unwritable_output_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (
        tmp_path,
        tmp_path / "missing" / "x",
        tmp_path / "file" / "x",
        "a\0b",
        "/proc/nothing",
    ):
        with pytest.raises(LeafproofError) as caught:
            write_atomically(path, b"data")
        assert "cannot write" in str(caught.value)
        assert "\n" not in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LeafproofError, match="No space left"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("letter", ["a", "é", "证", "😀"])
def test_names_as_long_as_a_name_may_be(letter: str, tmp_path: Path) -> None:
    """The file that takes its place has a name, too: of 100 letters and more it was too long."""
    target = tmp_path / (letter * (255 // len(letter.encode())))
    check_writable(target)
    write_atomically(target, b"x")
    assert target.read_bytes() == b"x"


def test_a_file_in_a_folder_that_takes_no_other_is_refused_before_long_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be written itself, and could not be replaced."""
    target = tmp_path / "out"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(LeafproofError, match="permission denied"):
        check_writable(target)
    check_writable("/dev/null")


def test_reading_what_is_not_a_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", "/dev/null", "a\0b"):
        with pytest.raises(TreeError) as caught:
            read_bytes(path, "tree", TreeError)
        assert "\n" not in str(caught.value)
    big = tmp_path / "big"
    big.write_bytes(b"12345")
    with pytest.raises(TreeError, match="5 bytes, too many"):
        read_bytes(big, "tree", TreeError, limit=4)
    assert read_bytes(big, "tree", limit=5) == b"12345"


def test_quoted_is_one_short_line() -> None:
    assert quoted("a\nb\u2028c\x1b[0m") == '"a\\nb\\u2028c\\x1b[0m"'
    assert quoted("é x") == '"é x"'
    assert len(quoted("x" * 1000)) == 62


@pytest.mark.parametrize("read", [lp.check, lp.load_network, lp.load_tree, lp.Domain.from_file])
def test_pipes_are_refused_and_nobody_waits_for_them(read, tmp_path):
    os.mkfifo(tmp_path / "pipe.onnx")
    with pytest.raises(LeafproofError, match="is not a file"):
        read(tmp_path / "pipe.onnx")
    domain = lp.Domain.bits(1)
    with pytest.raises(LeafproofError, match="is not a file"):
        lp.certify(tmp_path / "pipe.onnx", tmp_path / "pipe.onnx", domain)


def test_links_in_a_circle_are_refused_in_one_line(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(LeafproofError, match="cannot read"):
        read_bytes(link, "tree")
    with pytest.raises(LeafproofError, match="cannot write"):
        write_atomically(link, b"")
    assert not _same(link, tmp_path / "other")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_written_to_where_somebody_reads_and_not_waited_for(tmp_path):
    pipe, data = tmp_path / "pipe", secrets.token_bytes(1 << 20)  # more than a pipe holds
    os.mkfifo(pipe)
    with pytest.raises(LeafproofError, match="a pipe that nobody reads"):
        write_atomically(pipe, data)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(pipe.read_bytes)
        while True:  # until the reader has come
            with suppress(LeafproofError):
                write_atomically(pipe, data)
                break
        assert reading.result() == data
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="open files have no names")
def test_what_another_command_reads_is_written_to():
    """As in ``-o /dev/stdout | wc``: the pipe has no other name."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as file:
        with os.fdopen(writing, "wb"):
            check_writable(f"/dev/fd/{writing}")
            write_atomically(f"/dev/fd/{writing}", b"data")
        assert file.read() == b"data"
