"""Artefacts: one file per kind of trace, bytes to rows of `traces` and `settings`.

Kinds of traces (column `kind`):

device_installed, device_first_installed, device_connected (registry: the last arrival; logs: each),
device_removed (likewise), device_seen (weak: time of a key); volume_mapped (letter or volume GUID and device,
undated), volume_seen (label, volume serial and device); mountpoint (an account saw a volume);
file_opened, shortcut (a link that is no opening), file_chosen (in a dialog, to open or
to save), folder_shown, file_recycled; medium_mounted (what a system left
on a medium), medium_written (its superblock says so); file_read, file_written, file_listed, access_failed (server logs); session_start,
session_end, logon_failed; mail_sent,
mail_received, mail_draft; host_started, host_stopped, clock_changed, log_cleared; program_run,
file_touched (a program had it open when it started, in one of its runs); page_visited,
file_downloaded;
log_span (one per log: how far it reaches, see text.Reach), log_record (its first and last record).

Settings (column `name`): computer_name, hostname, zone (IANA), zone_windows, zone_bias (minutes, UTC
- local), zone_posix, build, product, release, install_date, last_access, user (`SID or uid=profile
folder`), user_name (`uid=name`), share_path (`share=path`), samba_full_audit (yes or no),
samba_full_audit_success, samba_full_audit_failure, samba_full_audit_prefix, samba_workgroup …

Times of `local:noyear` are written in the year 1972; where a log crosses a New Year, `turn` in detail
counts how many since its first record.
"""

from __future__ import annotations

from forensics.artifacts.artifact import Artifact, Content, Parsed
from forensics.artifacts.browser import history
from forensics.artifacts.linux import (
    audit_log,
    auth_log,
    ftp_log,
    host_settings,
    kernel_usb,
    localtime,
    passwd,
    samba_audit,
    shell_history,
    smb_conf,
    system_log,
    utmp,
    web_log,
)
from forensics.artifacts.mail import messages
from forensics.artifacts.removable import os_traces
from forensics.artifacts.windows import (
    background_programs,
    custom_destinations,
    dest_list,
    dialogs,
    lnk,
    mount_points,
    mounted_devices,
    office_mru,
    partition_log,
    pnp_log,
    powershell_history,
    prefetch,
    recent_docs,
    recycle_i,
    recycle_info,
    security_log,
    session_log,
    setupapi,
    shellbags,
    software_settings,
    system_settings,
    usb_devices,
    user_assist,
    volume_names,
    windows_log,
)

__all__ = ["ARTIFACTS", "Artifact", "Content", "Parsed"]

ARTIFACTS: tuple[Artifact, ...] = (
    system_settings.ARTIFACT,
    usb_devices.ARTIFACT,
    mounted_devices.ARTIFACT,
    background_programs.ARTIFACT,
    software_settings.ARTIFACT,
    volume_names.ARTIFACT,
    mount_points.ARTIFACT,
    recent_docs.ARTIFACT,
    office_mru.ARTIFACT,
    user_assist.ARTIFACT,
    dialogs.ARTIFACT,
    shellbags.ARTIFACT,
    setupapi.ARTIFACT,
    security_log.ARTIFACT,
    session_log.ARTIFACT,
    windows_log.ARTIFACT,
    partition_log.ARTIFACT,
    pnp_log.ARTIFACT,
    prefetch.ARTIFACT,
    lnk.ARTIFACT,
    dest_list.ARTIFACT,
    custom_destinations.ARTIFACT,
    recycle_i.ARTIFACT,
    recycle_info.ARTIFACT,
    powershell_history.ARTIFACT,
    samba_audit.ARTIFACT,
    auth_log.ARTIFACT,
    audit_log.ARTIFACT,
    kernel_usb.ARTIFACT,
    system_log.ARTIFACT,
    ftp_log.ARTIFACT,
    web_log.ARTIFACT,
    shell_history.ARTIFACT,
    utmp.ARTIFACT,
    host_settings.ARTIFACT,
    localtime.ARTIFACT,
    smb_conf.ARTIFACT,
    passwd.ARTIFACT,
    os_traces.ARTIFACT,
    messages.ARTIFACT,
    history.ARTIFACT,
)
