"""Builds the optional compiled kernels; without a compiler the plain twins in vedette.kernel are used."""

from pathlib import Path

from setuptools import Extension, setup

SOURCES = sorted(Path("src/vedette/kernel").glob("_*.cpp"))

setup(
    ext_modules=[
        Extension(
            f"vedette.kernel.{path.stem}",
            [str(path)],
            depends=[str(header) for header in sorted(path.parent.glob("*.hpp"))],
            extra_compile_args=["-O3", "-std=c++17", "-fno-math-errno", "-fvisibility=hidden"],
            py_limited_api=True,
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            optional=True,
        )
        for path in SOURCES
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
