"""Network counters from /proc/net and interface facts from /sys/class/net."""

from __future__ import annotations

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

_RECEIVE = ("bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast")
_TRANSMIT = ("bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed")
_COLUMNS = tuple(
    (f"node_network_{way}_{field}_total", f"Network device statistic {way}_{field}.")
    for way, fields in (("receive", _RECEIVE), ("transmit", _TRANSMIT))
    for field in fields
)
# What node_exporter takes of the kernel's several hundred protocol counters.
_NETSTAT = {
    "Tcp": {
        "ActiveOpens", "PassiveOpens", "InSegs", "OutSegs", "RetransSegs", "InErrs", "OutRsts", "CurrEstab",
    },
    "Udp": {"InDatagrams", "OutDatagrams", "InErrors", "NoPorts", "RcvbufErrors", "SndbufErrors"},
    "Icmp": {"InMsgs", "OutMsgs", "InErrors"},
    "Ip": {"Forwarding"},
    "IpExt": {"InOctets", "OutOctets"},
    "TcpExt": {
        "ListenDrops", "ListenOverflows", "SyncookiesFailed", "SyncookiesRecv", "SyncookiesSent", "TCPSynRetrans",
        "TCPTimeouts",
    },
}  # fmt: skip


def read_devices(out: Readings, proc: ProcFs) -> None:
    """/proc/net/dev: bytes, packets, errors by interface."""
    for line in proc.text("proc/net/dev").splitlines()[2:]:
        device, _, rest = line.partition(":")
        labels = (("device", device.strip()),)
        for (name, text), field in zip(_COLUMNS, rest.split(), strict=False):
            out.counter(name, text, float(field), labels)


def read_protocols(out: Readings, proc: ProcFs) -> None:
    """/proc/net/snmp, netstat and sockstat."""
    for path in ("proc/net/snmp", "proc/net/netstat"):
        lines = proc.text(path).splitlines()
        for header, row in zip(lines[::2], lines[1::2], strict=False):
            protocol, _, fields = header.partition(":")
            wanted = _NETSTAT.get(protocol, set())
            for field, number in zip(fields.split(), row.partition(":")[2].split(), strict=False):
                if field in wanted:
                    kind = out.gauge if field in ("CurrEstab", "Forwarding") else out.counter
                    kind(f"node_netstat_{protocol}_{field}", f"Statistic {protocol}{field}.", float(number))
    for line in proc.text("proc/net/sockstat").splitlines():
        protocol, _, rest = line.partition(":")
        fields_of = rest.split()
        for field, number in zip(fields_of[::2], fields_of[1::2], strict=False):
            out.gauge(
                f"node_sockstat_{protocol}_{field}",
                f"Number of {protocol} sockets in state {field}.",
                float(number),
            )


def read_interfaces(out: Readings, proc: ProcFs) -> None:
    """/sys/class/net: state, speed and MTU, which hardly ever change."""
    for device in proc.names("sys/class/net"):
        folder = f"sys/class/net/{device}"
        state = proc.text(f"{folder}/operstate").strip()
        if not state:
            continue
        labels = (("device", device),)
        out.gauge("node_network_up", "1 if operstate is up, 0 otherwise.", float(state == "up"), labels)
        address = proc.text(f"{folder}/address").strip()
        out.gauge(
            "node_network_info",
            "Non-numeric data of the network device, the value is always 1.",
            1.0,
            (("address", address), ("device", device), ("operstate", state)),
        )
        mtu = proc.number(f"{folder}/mtu")
        if mtu is not None:
            out.gauge("node_network_mtu_bytes", "Network device property: mtu_bytes.", mtu, labels)
        speed_mbit = proc.number(f"{folder}/speed")
        if speed_mbit is not None and speed_mbit >= 0:
            out.gauge("node_network_speed_bytes", "Network device property: speed_bytes.", speed_mbit * 125_000, labels)
