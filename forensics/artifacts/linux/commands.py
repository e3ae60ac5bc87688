"""Command lines: which files a command reads, where it names them.

A command line may name more than it reads (what tar writes), and may have failed: the paths are what it
named.
"""

from __future__ import annotations

import posixpath
import re
import shlex

LENGTH_MAX = 4096  # characters of a line that is looked at
PATHS_MAX = 20  # of one line
# Programs that read the files they name. Not those that list, change or delete them.
_READS = frozenset(
    [
        "7z",
        "7za",
        "awk",
        "base64",
        "bat",
        "bzip2",
        "cat",
        "cp",
        "curl",
        "cut",
        "dd",
        "diff",
        "emacs",
        "ex",
        "gawk",
        "gpg",
        "grep",
        "gzip",
        "head",
        "iconv",
        "install",
        "less",
        "mail",
        "mailx",
        "more",
        "mutt",
        "mv",
        "nano",
        "nkf",
        "od",
        "openssl",
        "pv",
        "rar",
        "rsync",
        "scp",
        "sed",
        "sendmail",
        "sftp",
        "sort",
        "split",
        "strings",
        "tail",
        "tar",
        "tee",
        "uniq",
        "uuencode",
        "vi",
        "view",
        "vim",
        "wc",
        "xxd",
        "xz",
        "zcat",
        "zgrep",
        "zip",
        "zless",
        "zstd",
    ]
)


_COPIES = frozenset(["cp", "install", "mv", "rsync", "scp"])  # the last word is where it goes


def reads(line: str, folder: str | None = None) -> list[str]:
    """Absolute paths that a command names and reads; others only where its folder is known."""
    out: list[str] = []
    for command in re.split(r"\|\|?|&&?|;|\n", line[:LENGTH_MAX]):
        words = _words(command)
        while words and (
            posixpath.basename(words[0]) in ("sudo", "nohup", "time", "env") or "=" in words[0]
        ):
            words = words[1:]
        if not words or posixpath.basename(words[0]) not in _READS:
            continue
        copies = posixpath.basename(words[0]) in _COPIES
        for word in words[1:-1] if copies else words[1:]:
            path = word.removeprefix("if=").removeprefix("@")
            if folder and not path.startswith(("/", "-", "~")) and ":" not in path:
                path = posixpath.join(folder, path)
            if path.startswith("/"):
                out.append(posixpath.normpath(path))
    return list(dict.fromkeys(out))[:PATHS_MAX]


_AWAY = re.compile(
    r"(?:of=)?(?:/media/|/mnt/|/run/media/|/Volumes/)|[^/\s:=]+:(?!\d+$|//)"
)  # a mount, or HOST:path
_SENDS = frozenset(["mail", "mailx", "mutt", "scp", "sendmail", "sftp"])
_UPLOADS = re.compile(r"-[TFd]|--(?:upload-file|form|data|data-binary|post-file)(?:=|$)")


def leaves(line: str) -> bool:
    """Does a command name a mounted medium or another host as where its output goes, or send what it reads?"""
    words = [word.lstrip(">") for word in _words(line[:LENGTH_MAX])]
    named = {posixpath.basename(word) for word in words}
    uploads = "curl" in named and any(_UPLOADS.match(word) for word in words)
    return uploads or bool(named & _SENDS) or any(_AWAY.match(word) for word in words[1:])


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quote that does not end
        return command.split()
