r"""Version of Windows, its installation and its users' profiles: SOFTWARE hive.

Layout          Microsoft\Windows NT\CurrentVersion: CurrentBuildNumber, ProductName, InstallDate
                (u32, Unix); ProfileList\<SID>: ProfileImagePath
Source          libyal/winreg-kb "Current version", "Profile list"
Proves          what was installed; which SID has which profile folder
Does not prove  that an account was used; feature updates rewrite InstallDate
"""

from __future__ import annotations

import datetime as dt

from forensics.artifacts.artifact import Content, Parsed, on_windows, setting
from forensics.artifacts.windows.hive import open_hive
from forensics.artifacts.windows.host_hive import artifact

_VERSION = "Microsoft\\Windows NT\\CurrentVersion"


def parse(content: Content) -> Parsed:
    hive = open_hive(content)
    version = hive.key(_VERSION)
    settings = [
        setting(name, value.text(), value.at)
        for name, field in (
            ("build", "CurrentBuildNumber"),
            ("product", "ProductName"),
            ("release", "DisplayVersion"),
        )
        if (value := hive.value(version, field))
    ]
    if installed := hive.value(version, "InstallDate"):
        moment = dt.datetime.fromtimestamp(installed.number() % 2**32, dt.UTC)
        settings.append(setting("install_date", moment.isoformat(), installed.at))
    profiles = hive.key("ProfileList", version) if version else None
    settings += [
        setting("user", f"{key.name}={path.text()}", path.at)
        for key in (hive.subkeys(profiles) if profiles else [])
        if (path := hive.value(key, "ProfileImagePath"))
    ]
    return Parsed([], settings, hive.gaps)


ARTIFACT = artifact(
    hive="software",
    name="software_settings",
    family="app",
    records=(),
    parse=parse,
    expected=on_windows,
)
