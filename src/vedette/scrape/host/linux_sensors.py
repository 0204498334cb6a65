"""Temperatures, fans and CPU frequencies from /sys."""

from __future__ import annotations

import re

from vedette.scrape.host.procfs import ProcFs
from vedette.telemetry.readings import Readings

_INPUT = re.compile(r"(temp|fan|in|power)(\d+)_(input|crit|max|average)")
_QUANTITY = {
    "temp": ("node_hwmon_temp", "celsius", 1000.0, "temperature"),
    "fan": ("node_hwmon_fan", "rpm", 1.0, "fan speed"),
    "in": ("node_hwmon_in", "volts", 1000.0, "voltage"),
    "power": ("node_hwmon_power", "watt", 1e6, "power"),
}


def read_hwmon(out: Readings, proc: ProcFs) -> None:
    """/sys/class/hwmon: what node_exporter calls node_hwmon_*."""
    for monitor in proc.names("sys/class/hwmon"):
        folder = f"sys/class/hwmon/{monitor}"
        chip_name = proc.text(f"{folder}/name").strip() or monitor
        out.gauge(
            "node_hwmon_chip_names",
            "Annotation metric for human-readable chip names.",
            1.0,
            (("chip", monitor), ("chip_name", chip_name)),
        )
        for entry in proc.names(folder):
            match = _INPUT.fullmatch(entry)
            value = proc.number(f"{folder}/{entry}") if match else None
            if match is None or value is None:
                continue
            quantity, number, kind = match.groups()
            name, unit, divisor, noun = _QUANTITY[quantity]
            middle = "" if kind == "input" else f"_{kind}"
            sensor = f"{quantity}{number}"
            out.gauge(
                f"{name}{middle}_{unit}",
                f"Hardware monitor for {noun} ({kind}).",
                value / divisor,
                (("chip", monitor), ("sensor", sensor)),
            )
            label = proc.text(f"{folder}/{sensor}_label").strip()
            if label:
                out.gauge(
                    "node_hwmon_sensor_label",
                    "Label for given chip and sensor.",
                    1.0,
                    (("chip", monitor), ("label", label), ("sensor", sensor)),
                )


def read_thermal_zones(out: Readings, proc: ProcFs) -> None:
    """/sys/class/thermal: zone temperatures."""
    for entry in proc.names("sys/class/thermal"):
        if not entry.startswith("thermal_zone"):
            continue
        value = proc.number(f"sys/class/thermal/{entry}/temp")
        if value is not None:
            kind = proc.text(f"sys/class/thermal/{entry}/type").strip()
            out.gauge(
                "node_thermal_zone_temp",
                "Zone temperature in Celsius.",
                value / 1000,
                (("type", kind), ("zone", entry[12:])),
            )


def read_cpu_frequencies(out: Readings, proc: ProcFs) -> None:
    """/sys/devices/system/cpu/cpu*/cpufreq."""
    for entry in proc.names("sys/devices/system/cpu"):
        if not re.fullmatch(r"cpu\d+", entry):
            continue
        khz = proc.number(f"sys/devices/system/cpu/{entry}/cpufreq/scaling_cur_freq")
        if khz is not None:
            out.gauge(
                "node_cpu_scaling_frequency_hertz",
                "Current scaled CPU thread frequency in hertz.",
                khz * 1000,
                (("cpu", entry[3:]),),
            )
