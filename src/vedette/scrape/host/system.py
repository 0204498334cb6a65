"""What this machine is: kernel, distribution, hardware; constant series that dashboards join on."""

from __future__ import annotations

import platform
import time

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

_OS_RELEASE = (
    "id",
    "id_like",
    "name",
    "pretty_name",
    "version",
    "version_codename",
    "version_id",
    "variant",
    "build_id",
)
_DMI = ("bios_vendor", "bios_version", "board_name", "board_vendor", "product_name", "system_vendor", "sys_vendor")


def read_system(out: Readings, proc: ProcFs) -> None:
    """node_uname_info, node_os_info, node_dmi_info and the time zone."""
    names = platform.uname()
    out.gauge(
        "node_uname_info",
        "Labeled system information as provided by the uname system call.",
        1.0,
        (
            ("domainname", proc.text("proc/sys/kernel/domainname").strip() or "(none)"),
            ("machine", names.machine),
            ("nodename", names.node),
            ("release", names.release),
            ("sysname", names.system),
            ("version", names.version),
        ),
    )
    out.gauge("node_os_info", "The operating system, the value is always 1.", 1.0, tuple(_os_release(proc).items()))
    dmi = {
        ("system_vendor" if field == "sys_vendor" else field): proc.text(f"sys/class/dmi/id/{field}").strip()
        for field in _DMI
    }
    if any(dmi.values()):
        out.gauge("node_dmi_info", "The machine's hardware, the value is always 1.", 1.0, tuple(dmi.items()))
    local = time.localtime()
    out.gauge(
        "node_time_zone_offset_seconds",
        "System time zone offset in seconds.",
        float(local.tm_gmtoff),
        (("time_zone", local.tm_zone),),
    )


def _os_release(proc: ProcFs) -> dict[str, str]:
    text = proc.text("etc/os-release") or proc.text("usr/lib/os-release")
    if not text:
        return {"id": platform.system().lower(), "name": platform.system(), "version": platform.release()}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    found = {key.lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return {key: found[key] for key in _OS_RELEASE if found.get(key)}
