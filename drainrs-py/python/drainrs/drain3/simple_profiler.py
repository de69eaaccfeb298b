"""How long the parts of an answer take."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass


class Profiler(ABC):
    """Measures sections."""

    @abstractmethod
    def start_section(self, section_name: str) -> None:
        """A section begins."""

    @abstractmethod
    def end_section(self, section_name: str = "") -> None:
        """A section ends: the named one, or the one that began last."""

    @abstractmethod
    def report(self, period_sec: float = 30) -> bool:
        """Tells of all sections, unless the last report is younger than that. Gives whether it told."""


class NullProfiler(Profiler):
    """Measures nothing."""

    def start_section(self, section_name: str) -> None:
        pass

    def end_section(self, section_name: str = "") -> None:
        pass

    def report(self, period_sec: float = 30) -> bool:
        return False


@dataclass
class ProfiledSectionStats:
    """What was measured of a section."""

    section_name: str
    sample_count: int = 0
    total_time_sec: float = 0.0
    start_time_sec: float | None = None

    def to_string(self, enclosing_time_sec: float) -> str:
        """One line of a report."""
        share = f" ({self.total_time_sec / enclosing_time_sec:7.2%})" if enclosing_time_sec > 0 else ""
        each = 1e6 * self.total_time_sec / max(self.sample_count, 1)
        rate = f"{self.sample_count / self.total_time_sec:,.0f}" if self.total_time_sec > 0 else "N/A"
        return (
            f"{self.section_name:<15}: took {self.total_time_sec:8.2f} s{share}, {self.sample_count:10,} samples, "
            f"{each:.2f} ms / 1000 samples, {rate} hz"
        )


class SimpleProfiler(Profiler):
    """Measures by the clock and prints."""

    def __init__(
        self,
        reset_after_sample_count: int = 0,
        enclosing_section_name: str = "total",
        printer: Callable[[str], object] = print,
        report_sec: float = 30,
    ) -> None:
        self.reset_after_sample_count = reset_after_sample_count
        self.enclosing_section_name = enclosing_section_name
        self.printer = printer
        self.report_sec = report_sec
        self.section_to_stats: dict[str, ProfiledSectionStats] = {}
        self.last_report_timestamp_sec = time.time()
        self.last_started_section_name = ""

    def start_section(self, section_name: str) -> None:
        if not section_name:
            raise ValueError("a section needs a name")
        section = self.section_to_stats.setdefault(section_name, ProfiledSectionStats(section_name))
        if section.start_time_sec is not None:
            raise ValueError(f"the section {section_name} has begun already")
        self.last_started_section_name = section_name
        section.start_time_sec = time.perf_counter()

    def end_section(self, section_name: str = "") -> None:
        now = time.perf_counter()
        section_name = section_name or self.last_started_section_name
        section = self.section_to_stats.get(section_name)
        if section is None or section.start_time_sec is None:
            raise ValueError(f"the section {section_name!r} has not begun")
        if 0 < self.reset_after_sample_count <= section.sample_count:
            section.sample_count, section.total_time_sec = 0, 0.0
        section.sample_count += 1
        section.total_time_sec += now - section.start_time_sec
        section.start_time_sec = None

    def report(self, period_sec: float = 30) -> bool:
        if time.time() - self.last_report_timestamp_sec < period_sec:
            return False
        around = self.section_to_stats.get(self.enclosing_section_name)
        whole = around.total_time_sec if around else 0.0
        slowest_first = sorted(self.section_to_stats.values(), key=lambda section: -section.total_time_sec)
        self.printer(os.linesep.join(section.to_string(whole) for section in slowest_first))
        self.last_report_timestamp_sec = time.time()
        return True
