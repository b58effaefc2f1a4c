"""Compiles the PKCS#11 module when the project is built or installed: see token_emulator/module/building.py."""

from __future__ import annotations

import importlib.util
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ModuleHook(BuildHookInterface[Any]):
    """Puts the module beside its sources and into the wheel. Without a C compiler there is a wheel without it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - as hatchling calls it
        building = load_building(Path(self.root))
        try:
            library = building.build()
        except building.CannotBuild as error:
            self.app.display_warning(f"The PKCS#11 module was not compiled: {error}")
            (building.SOURCES / building.LIBRARY).unlink(missing_ok=True)  # an old one would be a riddle
            return
        # Compiled code, but nothing of Python's: any Python 3 on this kind of machine.
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
        build_data["pure_python"] = False
        build_data["artifacts"].append(str(library.relative_to(self.root)))


def load_building(root: Path) -> ModuleType:
    """The module that compiles, without the package around it, whose dependencies are not there while it is built."""
    path = root / "token_emulator" / "module" / "building.py"
    spec = importlib.util.spec_from_file_location("building", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
