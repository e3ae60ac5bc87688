r"""Shares of a Samba server and what it audits: smb.conf.

Layout          `[section]`, `key = value`; `;` and `#` begin comments, `\` continues a line
Source          Samba manual pages smb.conf(5), vfs_full_audit(8)
Proves          which paths were shared and which operations were to be logged, when imaged
Does not prove  that the running server had read it; included files, registry configuration
"""

from __future__ import annotations

from forensics.artifacts.artifact import (
    Artifact,
    Content,
    Parsed,
    Row,
    basename,
    never_expected,
    setting,
)  # fmt: skip
from forensics.artifacts.text import lines


def parse(content: Content) -> Parsed:
    settings: list[Row] = []
    section, audited = "", False
    for line in lines(content.data):
        text = line.text.strip()
        if text.startswith("["):
            section = text[1:].partition("]")[0].strip()
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or text[:1] in "#;":
            continue
        key = " ".join(key.lower().split())
        if key in ("path", "directory") and section.lower() != "global":
            settings.append(setting("share_path", f"{section}={value}", line[:2]))
        elif key == "vfs objects":
            audited = audited or "full_audit" in value.replace(":", " ").split()
        elif key in ("full_audit:success", "full_audit:failure", "full_audit:prefix"):
            settings.append(setting("samba_" + key.replace(":", "_"), value, line[:2]))
        elif key in ("netbios name", "server string", "workgroup"):
            settings.append(setting("samba_" + key.replace(" ", "_"), value, line[:2]))
    settings.append(setting("samba_full_audit", "yes" if audited else "no"))
    return Parsed([], settings)


ARTIFACT = Artifact(
    name="smb_conf",
    family="net",
    records=(),
    where=r"/etc/samba/smb\.conf$",
    claims=lambda path, _head: basename(path) == "smb.conf",
    parse=parse,
    expected=never_expected,
    last_value_only=True,
)
