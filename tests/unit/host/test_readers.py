"""What the host collector reads, from a folder that stands for a machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from vedette.scrape.host import linux_disk, linux_memory, linux_network, linux_sensors, linux_stat, portable, system
from vedette.scrape.host.filesystems import read_filesystems
from vedette.scrape.host.processes import OTHER, ProcessReader
from vedette.scrape.host.procfs import ProcFs
from vedette.scrape.host.readers import fast_readers, read_all, slow_readers
from vedette.telemetry.readings import Readings


@pytest.fixture
def proc(tmp_path: Path) -> ProcFs:
    return ProcFs(tmp_path)


def put(proc: ProcFs, path: str, text: str) -> None:
    (proc.root / path).parent.mkdir(parents=True, exist_ok=True)
    (proc.root / path).write_text(text)


def read(proc: ProcFs, *readers: Any) -> dict[str, float]:
    """Values by name and labels in words."""
    out = Readings()
    for reader in readers:
        reader(out, proc)
    return in_words(out)


def in_words(out: Readings) -> dict[str, float]:
    return {
        name + ("{" + ",".join(f"{key}={value}" for key, value in labels) + "}" if labels else ""): value
        for (name, labels), value in out.values.items()
    }


def test_stat(proc: ProcFs) -> None:
    """CPU ticks become seconds by core and mode; the sum line is left out; the interrupt total is its first number."""
    put(
        proc,
        "proc/stat",
        "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 100 200 300 400 500 600 700 800 50 25\ncpu1 1 0 0 0\n"
        "intr 12345 1 2 3\nctxt 77\nbtime 1700000000\nprocesses 5\nprocs_running 2\nprocs_blocked 1\nsoftirq 3 1\n",
    )
    values = read(proc, linux_stat.read_stat)
    assert values["node_cpu_seconds_total{cpu=0,mode=user}"] == 1.0
    assert values["node_cpu_seconds_total{cpu=0,mode=steal}"] == 8.0
    assert values["node_cpu_guest_seconds_total{cpu=0,mode=nice}"] == 0.25
    assert values["node_cpu_seconds_total{cpu=1,mode=idle}"] == 0.0
    assert "node_cpu_seconds_total{cpu=1,mode=steal}" not in values
    assert values["node_intr_total"] == 12345
    assert values["node_boot_time_seconds"] == 1_700_000_000
    assert values["node_procs_running"] == 2
    assert not any("cpu=," in name for name in values)


def test_memory(proc: ProcFs) -> None:
    """Fields get node_exporter's names: kB become bytes, brackets become underscores, plain counts stay."""
    put(proc, "proc/meminfo", "MemTotal:       2048 kB\nActive(anon):      1 kB\nHugePages_Total:       3\n")
    put(proc, "proc/vmstat", "pgfault 10\nnr_dirty 5\noom_kill 1\n")
    assert read(proc, linux_memory.read_memory, linux_memory.read_paging) == {
        "node_memory_MemTotal_bytes": 2048 * 1024,
        "node_memory_Active_anon_bytes": 1024,
        "node_memory_HugePages_Total": 3,
        "node_vmstat_pgfault": 10,
        "node_vmstat_oom_kill": 1,
    }


def test_disks(proc: ProcFs) -> None:
    """Whole disks only, sectors as bytes, milliseconds as seconds; old kernels have fewer columns."""
    put(
        proc,
        "proc/diskstats",
        "   8  0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000 12 13 14 15 16 17\n   8  1 sda1 1 1 1 1 1 1 1 1 1 1 1\n"
        " 259  0 nvme0n1 1 0 8 0 0 0 0 0 0 0 0\n 259  1 nvme0n1p1 1 0 8 0 0 0 0 0 0 0 0\n"
        "   7  0 loop0 1 1 1 1 1 1 1 1 1 1 1\n",
    )
    values = read(proc, linux_disk.read_disks)
    assert values["node_disk_read_bytes_total{device=sda}"] == 3 * 512
    assert values["node_disk_read_time_seconds_total{device=sda}"] == 4.0
    assert values["node_disk_io_time_seconds_total{device=sda}"] == 10.0
    assert values["node_disk_flush_requests_total{device=sda}"] == 16
    assert values["node_disk_read_bytes_total{device=nvme0n1}"] == 8 * 512
    assert "node_disk_flush_requests_total{device=nvme0n1}" not in values
    assert {name.partition("=")[2] for name in values} == {"sda}", "nvme0n1}"}


def test_network(proc: ProcFs) -> None:
    """Counters by device, protocol counters by node_exporter's choice, facts of interfaces."""
    put(
        proc,
        "proc/net/dev",
        "head\nhead\n  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n    lo:1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
    )
    put(proc, "proc/net/snmp", "Tcp: RtoMin CurrEstab RetransSegs\nTcp: 200 4 5\nUdp: InDatagrams\nUdp: 6\n")
    put(proc, "proc/net/sockstat", "sockets: used 16\nTCP: inuse 3 orphan 0\n")
    put(proc, "sys/class/net/eth0/operstate", "up\n")
    put(proc, "sys/class/net/eth0/speed", "1000\n")
    put(proc, "sys/class/net/eth0/mtu", "1500\n")
    put(proc, "sys/class/net/wlan0/operstate", "down\n")
    put(proc, "sys/class/net/wlan0/speed", "-1\n")
    values = read(proc, linux_network.read_devices, linux_network.read_protocols, linux_network.read_interfaces)
    assert values["node_network_receive_bytes_total{device=eth0}"] == 1
    assert values["node_network_transmit_bytes_total{device=eth0}"] == 9
    assert values["node_network_transmit_compressed_total{device=eth0}"] == 16
    assert values["node_netstat_Tcp_RetransSegs"] == 5
    assert "node_netstat_Tcp_RtoMin" not in values
    assert values["node_sockstat_TCP_inuse"] == 3
    assert values["node_network_speed_bytes{device=eth0}"] == 125_000_000
    assert values["node_network_up{device=wlan0}"] == 0
    assert "node_network_speed_bytes{device=wlan0}" not in values


def test_load_pressure_and_file_handles(proc: ProcFs) -> None:
    """Small files of /proc; what a kernel does not offer is left out."""
    put(proc, "proc/loadavg", "0.50 1.25 2.00 3/456 789\n")
    put(proc, "proc/pressure/io", "some avg10=0.00 total=1500000\nfull avg10=0.00 total=500000\n")
    put(proc, "proc/sys/fs/file-nr", "593\t0\t2466170\n")
    values = read(proc, linux_stat.read_load, linux_stat.read_pressure, linux_stat.read_file_handles)
    assert values == {
        "node_load1": 0.5,
        "node_load5": 1.25,
        "node_load15": 2.0,
        "node_processes_threads": 456,
        "node_pressure_io_waiting_seconds_total": 1.5,
        "node_pressure_io_stalled_seconds_total": 0.5,
        "node_filefd_allocated": 593,
        "node_filefd_maximum": 2466170,
    }


def test_sensors(proc: ProcFs) -> None:
    """Temperatures in degrees, with the label of the sensor; thermal zones; CPU frequencies."""
    put(proc, "sys/class/hwmon/hwmon0/name", "coretemp\n")
    put(proc, "sys/class/hwmon/hwmon0/temp1_input", "45500\n")
    put(proc, "sys/class/hwmon/hwmon0/temp1_crit", "100000\n")
    put(proc, "sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n")
    put(proc, "sys/class/hwmon/hwmon0/fan1_input", "1200\n")
    put(proc, "sys/class/hwmon/hwmon0/temp2_input", "not a number\n")
    put(proc, "sys/class/thermal/thermal_zone0/temp", "30000\n")
    put(proc, "sys/class/thermal/thermal_zone0/type", "acpitz\n")
    put(proc, "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2400000\n")
    readers = (linux_sensors.read_hwmon, linux_sensors.read_thermal_zones, linux_sensors.read_cpu_frequencies)
    assert read(proc, *readers) == {
        "node_hwmon_chip_names{chip=hwmon0,chip_name=coretemp}": 1,
        "node_hwmon_temp_celsius{chip=hwmon0,sensor=temp1}": 45.5,
        "node_hwmon_temp_crit_celsius{chip=hwmon0,sensor=temp1}": 100,
        "node_hwmon_sensor_label{chip=hwmon0,label=Package id 0,sensor=temp1}": 1,
        "node_hwmon_fan_rpm{chip=hwmon0,sensor=fan1}": 1200,
        "node_thermal_zone_temp{type=acpitz,zone=0}": 30,
        "node_cpu_scaling_frequency_hertz{cpu=0}": 2.4e9,
    }


def test_filesystems(proc: ProcFs) -> None:
    """Pseudo file systems are left out, blanks in names are undone, a mount that fails is a device error."""
    (proc.root / "data dir").mkdir()
    put(
        proc,
        "proc/mounts",
        "overlay / overlay rw 0 0\nproc /proc proc rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\n"
        "/dev/sdb1 /data\\040dir ext4 ro,noatime 0 0\n/dev/sdc1 /gone xfs rw 0 0\noverlay /var/x overlay rw 0 0\n",
    )
    values = read(proc, read_filesystems)
    usage = os.statvfs(proc.root)
    where = "{device=/dev/sdb1,fstype=ext4,mountpoint=/data dir}"
    assert values[f"node_filesystem_size_bytes{where}"] == usage.f_blocks * usage.f_frsize
    assert values[f"node_filesystem_readonly{where}"] == 1
    assert values["node_filesystem_readonly{device=overlay,fstype=overlay,mountpoint=/}"] == 0
    assert values["node_filesystem_device_error{device=/dev/sdc1,fstype=xfs,mountpoint=/gone}"] == 1
    mounts = {name.rpartition("mountpoint=")[2] for name in values}
    assert mounts == {"/}", "/data dir}", "/gone}"}


def test_system(proc: ProcFs) -> None:
    """The distribution's own words about itself."""
    put(proc, "etc/os-release", 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12"\nHOME_URL="x"\n')
    put(proc, "sys/class/dmi/id/sys_vendor", "ACME\n")
    values = read(proc, system.read_system)
    assert values["node_os_info{id=debian,pretty_name=Debian GNU/Linux 12}"] == 1
    assert any(name.startswith("node_dmi_info{") and "system_vendor=ACME" in name for name in values)
    assert any(name.startswith("node_uname_info{") for name in values)


def process(
    proc: ProcFs, pid: int, command: str, cpu_ticks: int, pages: int = 10, *, start: int = 1, parent: int = 1
) -> None:
    fields = ["S", str(parent), *["0"] * 9, str(cpu_ticks), "0", *["0"] * 4, "2", "0", str(start), "0", str(pages)]
    put(proc, f"proc/{pid}/stat", f"{pid} ({command}) {' '.join(fields)} 0 0\n")


def test_processes_are_grouped_and_bounded(proc: ProcFs) -> None:
    """The busiest and largest commands have rows of their own, all others are summed up; nothing is lost."""
    put(proc, "proc/stat", "")
    reader = ProcessReader(proc, groups=4)
    for pid in range(1, 21):
        process(proc, pid + 100, f"small{pid}", 0, pages=pid)
    process(proc, 50, "odd) (name", 1000, pages=1)
    process(proc, 51, "large", 0, pages=10_000)
    process(proc, 60, "kworker/0:1", 0, pages=0, parent=2)
    first = Readings()
    reader.read(first)
    process(proc, 50, "odd) (name", 1300, pages=1)
    second = Readings()
    reader.read(second)
    values = in_words(second)
    commands = {labels[0][1] for (name, labels) in second.values if name == "vedette_process_count"}
    assert len(commands) == 5
    assert {"odd) (name", "large", OTHER} <= commands
    assert values["vedette_process_cpu_seconds_total{command=odd) (name}"] == pytest.approx(3.0)
    count = sum(value for (name, _), value in second.values.items() if name == "vedette_process_count")
    assert count == values["node_processes_pids"] == 23
    resident = sum(value for (name, _), value in second.values.items() if name == "vedette_process_resident_bytes")
    assert resident == (sum(range(1, 21)) + 1 + 10_000) * os.sysconf("SC_PAGE_SIZE")


def test_process_counters_never_fall(proc: ProcFs) -> None:
    """When a process of a group ends or its pid is used again, the group's CPU only grows."""
    put(proc, "proc/stat", "")
    reader = ProcessReader(proc, groups=2)

    def cpu() -> float:
        out = Readings()
        reader.read(out)
        return in_words(out)["vedette_process_cpu_seconds_total{command=job}"]

    process(proc, 10, "job", 500)
    process(proc, 11, "job", 100)
    assert cpu() == 0.0
    process(proc, 11, "job", 300)
    assert cpu() == pytest.approx(2.0)
    (proc.root / "proc/10/stat").unlink()
    assert cpu() == pytest.approx(2.0)
    process(proc, 11, "job", 50, start=99)
    assert cpu() == pytest.approx(2.5)


def test_a_broken_reader_silences_only_itself(proc: ProcFs) -> None:
    """One file with nonsense costs its own values and is told in node_scrape_collector_success."""
    put(proc, "proc/stat", "cpu0 nonsense\n")
    put(proc, "proc/loadavg", "1 2 3\n")
    out = Readings()
    read_all(fast_readers(proc), out)
    values = in_words(out)
    assert values["node_scrape_collector_success{collector=stat}"] == 0
    assert values["node_scrape_collector_success{collector=loadavg}"] == 1
    assert values["node_load1"] == 1


def test_an_empty_proc_is_no_crash(proc: ProcFs) -> None:
    """A container may hide everything: readers give nothing and do not fail."""
    put(proc, "proc/stat", "")
    out = Readings()
    read_all([*fast_readers(proc), *slow_readers(proc)], out)
    failed = [
        name for name, value in in_words(out).items() if name.startswith("node_scrape_collector_success") and not value
    ]
    assert failed == []


def test_portable_readers_work_here(proc: ProcFs) -> None:
    """The readers for systems without /proc give the main metrics on any system psutil knows."""
    values = read(proc, portable.read_cpu, portable.read_memory, portable.read_io, portable.read_sensors)
    names = {name.partition("{")[0] for name in values}
    assert {
        "node_cpu_seconds_total",
        "node_load1",
        "node_boot_time_seconds",
        "node_memory_MemTotal_bytes",
        "node_memory_MemAvailable_bytes",
        "node_network_receive_bytes_total",
    } <= names
